// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>A test with a folder of its own. Every test passes <see cref="Limit"/> as its time-out, so that none can hang.</summary>
public abstract class DistributionTest : IDisposable
{
    protected const int Limit = 20_000;

    protected TestKit.TemporaryDirectory Folder { get; } = new();

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>An image of one layer that holds one file of incompressible content.</summary>
    protected static Image ImageOf(Platform platform, int size = 2000, int seed = 1) => Image.Scratch(platform)
        .WithLayer(FileLayer.Create(files => files.Add("/app/data", ContentSource.FromBytes(RandomBytes(size, seed)))))
        .WithConfig(config => config with { Entrypoint = ["/app/data"] });

    /// <summary>An index of two images, for AMD64 and ARM64.</summary>
    protected static MultiPlatformImage TwoPlatforms(int size = 2000) =>
        new([ImageOf(Platform.LinuxAmd64, size, seed: 1), ImageOf(Platform.LinuxArm64, size, seed: 2)]);

    protected static byte[] RandomBytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected static async Task<byte[]> ReadAsync(IImageSource source, Descriptor descriptor)
    {
        await using var stream = await source.OpenBlobAsync(descriptor, Cancelled);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancelled);
        return content.ToArray();
    }

    /// <summary>Writes an image to a location as the tool does.</summary>
    protected static async Task<Descriptor> WriteAsync(string location, Func<IImageSink, ValueTask<Descriptor>> pack)
    {
        await using var destination = await ImageDestination.OpenAsync(ImageLocation.Parse(location), Platform.LinuxAmd64, ScriptedRegistry.Impatient, Cancelled);
        var root = await pack(destination.Sink);
        await destination.CompleteAsync(root, Cancelled);
        return root;
    }

    protected static Task<Descriptor> WriteImageAsync(string location, int seed = 1) =>
        WriteAsync(location, async sink => (await ImageOf(Platform.LinuxAmd64, seed: seed).PackAsync(sink, cancellationToken: Cancelled)).Descriptor);

    protected static Task<Descriptor> WriteIndexAsync(string location) =>
        WriteAsync(location, async sink => (await TwoPlatforms().PackAsync(sink, cancellationToken: Cancelled)).Descriptor);

    /// <summary>Copies an image between locations as the tool does, and returns its root.</summary>
    protected static async Task<Descriptor> CopyAsync(string from, string to)
    {
        await using var origin = await ImageOrigin.OpenAsync(ImageLocation.Parse(from), ScriptedRegistry.Impatient, cancellationToken: Cancelled);
        return await WriteAsync(to, async sink =>
        {
            await ImageCopy.CopyAsync(origin.Source, origin.Root, sink, cancellationToken: Cancelled);
            return origin.Root;
        });
    }

    /// <summary>The error of an action, which must have this code and a hint, and be one clean line unless it shows a reference.</summary>
    protected static async Task<DriftException> FailsAsync(ErrorCode code, Func<Task> action)
    {
        var error = await Assert.ThrowsAnyAsync<DriftException>(action);
        Assert.True(code == error.Code, error.ToString());
        Assert.False(string.IsNullOrWhiteSpace(error.Hint), error.Message);
        Assert.DoesNotContain(error.Message, char.IsControl);
        return error;
    }

    protected static void AssertContains(string expected, string? actual) => Assert.Contains(expected, actual, StringComparison.Ordinal);

    /// <summary>Every file below a folder, by its relative path; the lock is none of the content.</summary>
    protected static string[] FilesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Where(file => file != ".index.lock").Order(StringComparer.Ordinal)];
}
