// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Prints results to standard output and everything else to standard error; as JSON when asked.</summary>
internal sealed class Printer(CliHost host, bool json, bool quiet)
{
    /// <summary>Tells what is going on; for people only.</summary>
    public void Step(string text)
    {
        if (!json && !quiet) host.Error.WriteLine(Printable(text));
    }

    /// <summary>Tells of what may be a mistake.</summary>
    public void Warning(string text) => Step($"warning: {text}");

    /// <summary>Passes on a line that the running program printed.</summary>
    public void ProgramLine(string line) => host.Error.WriteLine("  | " + Printable(line.TrimEnd('\r')));

    /// <summary>Prints the command's result: as one JSON object, whose type is made only then, or in words.</summary>
    public void Result<T>(T value, Func<JsonTypeInfo<T>> type, Action print)
    {
        if (json) Json(value, type());
        else print();
    }

    /// <summary>Whether the result is printed as JSON.</summary>
    public bool IsJson => json;

    /// <summary>Prints one line of a result that is too long to be held at once; nothing in it moves the cursor.</summary>
    public void Line(string text) => host.Output.WriteLine(string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)));

    /// <summary>Prints a result as one JSON object.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> type) => host.Output.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>Prints an error by its number.</summary>
    public void Error(DriftException error) => Error($"DRIFT{(int)error.Code}", error.Message, error.Hint);

    /// <summary>Prints an error and what to do about it.</summary>
    public void Error(string code, string message, string? hint)
    {
        if (json)
        {
            host.Error.WriteLine(JsonSerializer.Serialize(new ErrorReport(code, message, hint), OutputJsonContext.Default.ErrorReport));
            return;
        }
        host.Error.WriteLine($"error {code}: {Printable(message)}");
        if (hint is not null) host.Error.WriteLine($"hint: {Printable(hint)}");
    }

    // Names from images and words of registries are in it: nothing but line breaks and tabs may move a terminal's cursor.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '?' : c));
}
