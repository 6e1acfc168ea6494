// SPDX-License-Identifier: Apache-2.0

namespace Drift.TestKit;

/// <summary><c>dotnet publish</c>, as the users of .NET run it.</summary>
public static class DotNetPublish
{
    /// <summary>The runtime identifier of this machine.</summary>
    public static string ThisRuntime { get; } = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>Publishes the project of a folder into another one; nothing of the SDK stays running.</summary>
    public static async Task RunAsync(string project, string output, params string[] arguments) =>
        (await ProcessRun.RunAsync("dotnet", ["publish", project, "-o", output, "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:NuGetAudit=false", .. arguments],
            timeout: TimeSpan.FromMinutes(5))).EnsureSuccess();
}
