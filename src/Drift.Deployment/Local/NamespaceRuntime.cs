// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// Plain Linux namespaces through <c>unshare</c> (util-linux 2.38 or newer): own users, processes and mounts, the image's files as root,
/// and the host's network. A foreign platform runs through qemu-user.
/// </summary>
internal sealed class NamespaceRuntime : LocalRuntime
{
    private const string EmulatorPath = "/.drift-emulator";

    public override string Name => "namespaces";

    public override Task<bool> IsAvailableAsync(CancellationToken cancellationToken = default) => Task.FromResult(Tool.Find("unshare") is not null);

    private protected override async Task<RunningImage> StartAsync(RunRequest request, ImageManifest manifest, ImageConfig config, CancellationToken cancellationToken)
    {
        var unshare = Tool.Find("unshare") ?? throw new DriftException(ErrorCode.ToolMissing, "unshare is not installed.", "Install the package util-linux.");
        var emulator = config.Platform.Serves(Platform.ThisMachine) ? null : Emulator(config.Platform);
        string[] command = [.. config.Config?.Entrypoint ?? [], .. config.Config?.Command ?? []];
        if (command.Length == 0) throw new DriftException(ErrorCode.InvalidContent, "The image names no program to run.", "Build it with an entrypoint.");

        var directory = TemporaryDirectory.Create();
        try
        {
            var root = Path.Combine(directory.Path, "root");
            await RootFileSystemUnpacker.UnpackAsync(request.Source, manifest, config, root, cancellationToken).ConfigureAwait(false);
            if (emulator is not null)
            {
                File.Copy(emulator, root + EmulatorPath);
                command = [EmulatorPath, .. command];
            }
            var user = await UserOptionsAsync(unshare, config.Config?.User, cancellationToken).ConfigureAwait(false);
            string[] inside =
            [
                unshare, .. user, $"--root={root}",
                $"--wd={(string.IsNullOrEmpty(config.Config?.WorkingDirectory) ? "/" : config.Config.WorkingDirectory)}", "--", .. command,
            ];
            // Whoever mounts is root of a namespace around the program's own.
            string[] outside = user.Contains("--user", StringComparer.Ordinal) ? ["--user", "--map-root-user"] : [];
            var process = Tool.Start(unshare,
            [
                .. outside, "--pid", "--fork", "--kill-child", "--mount", "--ipc", "--uts", "--",
                .. await SystemFolders.CommandAsync(unshare, outside, root, cancellationToken).ConfigureAwait(false), .. inside,
            ], EnvironmentOf(config, request.Port));
            process.StandardInput.Close();
            return new NamespacedProcess(process, directory, request.Output);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The image's numeric user in a user namespace; a name cannot be looked up from outside, so it runs as that namespace's root. Where the
    /// kernel allows no user namespace, for example inside a chroot, root becomes the image's user itself.
    /// </summary>
    private static async Task<string[]> UserOptionsAsync(string unshare, string? user, CancellationToken cancellationToken)
    {
        var parts = (user ?? "").Split(':');
        var isNumber = uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var uid);
        var gid = parts.Length > 1 && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : uid;
        var probe = await Tool.RunAsync(unshare, ["--user", "--map-root-user", "true"], cancellationToken).ConfigureAwait(false);
        if (probe.ExitCode == 0) return isNumber ? ["--user", $"--map-user={uid}", $"--map-group={gid}"] : ["--user", "--map-root-user"];
        // Without a namespace of its own, root inside would be root outside.
        if (Environment.IsPrivilegedProcess && isNumber && uid != 0) return [$"--setuid={uid}", $"--setgid={gid}"];
        throw new DriftException(ErrorCode.RuntimeFailed, $"This machine allows no user namespaces: {probe.Complaint}", "Allow them, on Debian with sysctl kernel.unprivileged_userns_clone=1, or install podman.");
    }

    private static Dictionary<string, string> EnvironmentOf(ImageConfig config, int port)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in config.Config?.Environment ?? [])
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) environment[variable[..equals]] = variable[(equals + 1)..];
        }
        environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        // ASP.NET Core has a name of its own for it; an image that listens so sets it.
        if (environment.ContainsKey("ASPNETCORE_HTTP_PORTS")) environment["ASPNETCORE_HTTP_PORTS"] = environment["PORT"];
        return environment;
    }

    private static string Emulator(Platform platform)
    {
        var name = platform.Architecture switch { "amd64" => "x86_64", "arm64" => "aarch64", var other => other };
        return Tool.Find($"qemu-{name}-static") ?? throw new DriftException(ErrorCode.ToolMissing,
            $"This machine is {Platform.ThisMachine}; an image for {platform} needs qemu-{name}-static.", "Install the package qemu-user-static.");
    }
}
