// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift completion bash|zsh|fish</c></summary>
internal sealed class CompletionCommand : Command
{
    // Each hands the line over to the directive [suggest], under the name that the parser knows, and leaves files to the shell.
    private const string Bash = """
        _drift() {
          local IFS=$'\n' name=${COMP_WORDS[0]}
          local line=drift${COMP_LINE#"$name"}
          COMPREPLY=($(compgen -W "$("$name" "[suggest:$((COMP_POINT - ${#name} + 5))]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _drift drift

        """;

    private const string Zsh = """
        #compdef drift
        _drift() {
          local line="drift ${(j: :)words[2,CURRENT]}"
          local -a found
          found=(${(f)"$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)"})
          compadd -a found || _files
        }
        compdef _drift drift

        """;

    private const string Fish = """
        function __drift_complete
            set --local line (commandline --cut-at-cursor --current-process | string replace --regex '^\s*\S+' drift)
            set --local word (commandline --current-token)
            string match -- "$word*" (drift "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null); or __fish_complete_path "$word"
        end
        complete --command drift --no-files --arguments '(__drift_complete)'

        """;

    public CompletionCommand(CliHost host)
        : base("completion", "Print a script by which bash, zsh or fish completes commands and options")
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish; bash reads it by: source <(drift completion bash)" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Arguments.Add(shell);
        SetAction(result => host.Output.Write(result.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
    }
}
