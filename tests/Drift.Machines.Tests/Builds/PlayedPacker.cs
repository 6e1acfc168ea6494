// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>
/// A script that plays Packer, whose plugins cannot be had here: it writes down the variables that it was called with, and does what the real one
/// does at such a moment.
/// </summary>
internal sealed class PlayedPacker(TemporaryDirectory folder)
{
    /// <summary>The file that has the variables.</summary>
    public string Variables { get; } = folder.Combine("variables");

    /// <summary>The value of <c>PATH</c> that finds it.</summary>
    public string SearchPath => $"{folder.Combine("bin")}:{Environment.GetEnvironmentVariable("PATH")}";

    /// <summary>Writes the script: what a build does.</summary>
    public void Plays(string build)
    {
        var program = folder.Write("bin/packer", $"""
            #!/bin/sh
            [ "$1" = build ] || exit 0
            env | grep ^PKR_VAR_ > '{Variables}'
            {build}
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
