// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>The images of a container engine of this machine, which its own program loads and saves as archives.</summary>
internal sealed class EngineStore
{
    private EngineStore(string program, string package, string[] load, string[]? save = null, ImageTransport saved = default)
    {
        Program = program;
        Package = package;
        LoadArguments = load;
        SaveArguments = save;
        Saved = saved;
    }

    /// <summary>Docker, which reads <c>manifest.json</c>, and newer ones the layout.</summary>
    public static EngineStore Docker { get; } = new("docker", "docker.io", ["load"], ["save", "--output"], ImageTransport.DockerArchive);

    /// <summary>podman, which reads the layout.</summary>
    public static EngineStore Podman { get; } = new("podman", "podman", ["load"], ["save", "--format", "oci-archive", "--output"], ImageTransport.OciArchive);

    /// <summary>
    /// containerd, which reads the layout. <c>CONTAINERD_ADDRESS</c> and <c>CONTAINERD_NAMESPACE</c> tell <c>ctr</c> where. Whoever runs the
    /// image unpacks it then; unpacking at once fails for an image of another platform.
    /// </summary>
    public static EngineStore Containerd { get; } = new("ctr", "containerd", ["images", "import", "--all-platforms", "--no-unpack", "-"]);

    private string Program { get; }

    private string Package { get; }

    private string[] LoadArguments { get; }

    private string[]? SaveArguments { get; }

    private ImageTransport Saved { get; }

    /// <summary>The engine of a transport; null when it is none.</summary>
    public static EngineStore? Of(ImageTransport transport) => transport switch
    {
        ImageTransport.DockerDaemon => Docker,
        ImageTransport.ContainersStorage => Podman,
        ImageTransport.Containerd => Containerd,
        _ => null,
    };

    /// <exception cref="DriftException">The engine's program is missing.</exception>
    public void EnsureInstalled()
    {
        if (Tool.Find(Program) is null) throw new DriftException(ErrorCode.ToolMissing, $"{Program} is not installed.", $"Install the package {Package}, or write an oci-archive and load it where the engine is.");
    }

    /// <summary>Streams an image into the engine.</summary>
    /// <param name="source">Where the image is.</param>
    /// <param name="root">The image or the index.</param>
    /// <param name="name">What it is called in the engine; null for no name.</param>
    /// <param name="platform">The platform that Docker takes from an index; null for this machine's.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="DriftException">The program is missing, or refuses; the message ends with its own words.</exception>
    public async Task LoadAsync(IImageSource source, Descriptor root, ImageReference? name, Platform? platform, CancellationToken cancellationToken)
    {
        var archive = this == Docker
            ? await ImageArchive.OfDockerAsync(source, root, name, platform ?? Platform.ThisMachine, cancellationToken).ConfigureAwait(false)
            : await ImageArchive.OfLayoutAsync(source, ImageName.With(root, name), [], cancellationToken).ConfigureAwait(false);
        await RunAsync("load", LoadArguments, cancellationToken, input => archive.WriteAsync(input, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Saves an image of the engine as an archive, and returns where it is.</summary>
    public async Task<ImageLocation> SaveAsync(ImageReference name, string path, CancellationToken cancellationToken)
    {
        if (SaveArguments is null) throw new DriftException(ErrorCode.NotSupported, $"Images are not read from {Program}.", $"Export the image, for example with {Program} images export FILE NAME, and name the file as oci-archive:FILE.");
        await RunAsync("save", [.. SaveArguments, path, name.ToString()], cancellationToken).ConfigureAwait(false);
        return ImageLocation.OfArchive(Saved, path);
    }

    private async Task RunAsync(string verb, string[] arguments, CancellationToken cancellationToken, Func<Stream, Task>? input = null)
    {
        EnsureInstalled();
        var result = await Tool.RunAsync(Program, arguments, cancellationToken, input).ConfigureAwait(false);
        if (result.ExitCode != 0) throw new DriftException(ErrorCode.RuntimeFailed, $"{Program} did not {verb} the image: {result.Complaint}", $"Check that {Program} works here and may be used by this user, for example with {Program} images.");
    }
}
