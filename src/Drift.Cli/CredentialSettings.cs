// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Where this user's credentials are, as the environment says: in its variables, in podman's files and in Docker's.</summary>
internal static partial class CredentialSettings
{
    private const string Registry = "DRIFT_REGISTRY", Username = "DRIFT_USERNAME", Password = "DRIFT_PASSWORD";

    /// <summary>All credentials; the environment's own come first.</summary>
    public static ICredentialSource All(CliHost host)
    {
        var store = Store(host);
        var (registry, username, password) = (host.Variable(Registry), host.Variable(Username), host.Variable(Password));
        if (username is null && password is null) return store;
        // A build speaks to several registries: what opens one is not shown to the others.
        if (registry is null || username is null || password is null)
        {
            throw new DriftException(ErrorCode.InvalidSetting, $"{Registry}, {Username} and {Password} are not all set.", $"Set {Registry} to the one registry that the credential is for, for example ghcr.io, and the other two to name and password; or unset all.");
        }
        return new HostCredential(RegistryHost.Parse(registry), new RegistryCredential { Username = username, Password = password, Origin = Password }, store);
    }

    /// <summary>The files: podman's, then Docker's, to which logins go.</summary>
    public static CredentialStore Store(CliHost host)
    {
        var home = host.Variable("HOME") ?? "/";
        string[] podman = host.Variable("REGISTRY_AUTH_FILE") is { } file
            ? [file]
            :
            [
                // Where there is no session, podman makes a folder for each user.
                Path.Combine(host.Variable("XDG_RUNTIME_DIR") is { } runtime ? Path.Combine(runtime, "containers") : $"/run/containers/{UserId()}", "auth.json"),
                Path.Combine(host.Variable("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config"), "containers", "auth.json"),
            ];
        return new CredentialStore([.. podman, Path.Combine(host.Variable("DOCKER_CONFIG") ?? Path.Combine(home, ".docker"), "config.json")]);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();
}
