// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using Drift.TestKit;

namespace Drift.Oci.Tests;

/// <summary>How much memory a large folder takes; alone, for other tests take and let go of memory, too.</summary>
[CollectionDefinition(nameof(FileTreeMemoryTests), DisableParallelization = true)]
[Collection(nameof(FileTreeMemoryTests))]
public sealed class FileTreeMemoryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_of_100000_files_holds_no_contents()
    {
        // In memory, where there is such a folder: some file systems take a minute for so many files.
        using var folder = new TemporaryDirectory(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath());
        const int Folders = 100, Files = 1000;
        for (var i = 0; i < Folders; i++)
        {
            var parent = Directory.CreateDirectory(folder.Combine("in", $"folder{i:d3}")).FullName;
            for (var j = 0; j < Files; j++) File.Create(Path.Combine(parent, $"file{j:d4}")).Dispose();
        }
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var time = Stopwatch.StartNew();
        var tree = await FileTree.ReadAsync(folder.Combine("in"), cancellationToken: Cancelled);
        var layer = FileLayer.Create(files => files.AddTree("/data", tree));
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{used / tree.Count} bytes an entry, {time.ElapsedMilliseconds} ms");
        Assert.Equal(Folders * (Files + 1), tree.Count);
        Assert.InRange(used / tree.Count, 0, 800);
        var packed = await layer.PackAsync(DiscardSink.Instance, new PackOptions { Compression = LayerCompression.None }, Cancelled);
        Assert.Equal(((Folders * (Files + 1L)) + 1 + 2) * 512, packed.Descriptor.Size);
        GC.KeepAlive(tree);
    }
}
