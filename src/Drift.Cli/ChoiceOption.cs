// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary>An option that takes one of a few words.</summary>
/// <typeparam name="T">What the words stand for.</typeparam>
internal sealed class ChoiceOption<T> : Option<T>
{
    public ChoiceOption(string name, params (string Word, T Value)[] choices)
        : base(name)
    {
        var words = Array.ConvertAll(choices, choice => choice.Word);
        HelpName = string.Join('|', words);
        CompletionSources.Clear();
        CompletionSources.Add(words);
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            foreach (var (word, value) in choices)
            {
                if (word == text) return value;
            }
            result.AddError($"'{text}' is not possible: {name} takes {string.Join(", ", words[..^1])} or {words[^1]}.");
            return default;
        };
    }
}
