// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>The script that does on a machine what needs root.</summary>
public static class SwitchScript
{
    /// <summary>Where it is installed on a machine on which one may do no more than this as root.</summary>
    public const string InstalledPath = "/usr/local/sbin/drift-switch";

    /// <summary>The version of the requests that it understands; it says so itself.</summary>
    internal const int Version = 1;

    /// <summary>Its text, for a POSIX shell.</summary>
    public static string Text { get; } = Read();

    /// <summary>
    /// A command of any login shell that runs it: at once as root, else the installed one by sudo, else by sudo as it is. The script is an argument, because its
    /// input is the requests.
    /// </summary>
    internal static string CommandFor(params ReadOnlySpan<string> arguments)
    {
        var tail = string.Join(' ', arguments!);
        return $"exec sh -c {Quote($"""
            if [ "$(id -u)" -eq 0 ]; then exec sh -c "$0" drift-switch {tail}; fi
            if [ -x {InstalledPath} ]; then exec sudo -n {InstalledPath} {tail}; fi
            exec sudo -n sh -c "$0" drift-switch {tail}
            """)} {Quote(Text)}";
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Read()
    {
        using var reader = new StreamReader(typeof(SwitchScript).Assembly.GetManifestResourceStream("drift-switch.sh")!);
        return reader.ReadToEnd();
    }
}
