// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

public sealed class SelectPlatformTests : DistributionTest
{
    private static readonly Platform Riscv = Platform.Parse("linux/riscv64");

    [Fact(Timeout = Limit)]
    public async Task Finds_the_image_of_a_platform_in_nested_indexes()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var packed = await TwoPlatforms().PackAsync(layout, cancellationToken: Cancelled);
        var root = await NestAsync(layout, packed.Descriptor, 5);
        Assert.Equal(packed.Images[1].Descriptor.Digest, (await layout.SelectPlatformAsync(root, Platform.LinuxArm64, Cancelled)).Digest);
        Assert.Equal(packed.Images[1].Descriptor.Digest, (await layout.SelectPlatformAsync(root, Platform.Parse("linux/arm64/v8"), Cancelled)).Digest);
        // An image that is no index is the image, whatever it is for.
        Assert.Equal(packed.Images[0].Descriptor, await layout.SelectPlatformAsync(packed.Images[0].Descriptor, Riscv, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task Lists_what_there_is_when_a_platform_is_missing()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var packed = await TwoPlatforms().PackAsync(layout, cancellationToken: Cancelled);
        var attestation = packed.Images[0].Descriptor with { Platform = Platform.Parse("unknown/unknown") };
        var root = await WriteIndexAsync(layout, [.. packed.Index.Manifests, attestation]);
        var error = await FailsAsync(ErrorCode.NotFound, async () => await layout.SelectPlatformAsync(root, Riscv, Cancelled));
        AssertContains("linux/riscv64", error.Message);
        AssertContains("linux/amd64, linux/arm64.", error.Hint);
        var empty = await WriteIndexAsync(layout, []);
        await FailsAsync(ErrorCode.NotFound, async () => await layout.SelectPlatformAsync(empty, Riscv, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task Indexes_that_nest_too_deep_are_an_error()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var packed = await TwoPlatforms().PackAsync(layout, cancellationToken: Cancelled);
        var root = await NestAsync(layout, packed.Descriptor, 40);
        var code = ErrorCode.InvalidContent;
        await FailsAsync(code, async () => await layout.SelectPlatformAsync(root, Platform.LinuxArm64, Cancelled));
        await FailsAsync(code, () => ImageCopy.CopyAsync(layout, root, DiscardSink.Instance, cancellationToken: Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task Indexes_that_list_each_other_many_times_come_to_an_end()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var root = (await TwoPlatforms().PackAsync(layout, cancellationToken: Cancelled)).Descriptor;
        // 200 entries on 7 levels: 10 to the power of 16 ways down.
        for (var level = 0; level < 7; level++)
        {
            var below = root;
            root = await WriteIndexAsync(layout, [.. Enumerable.Range(0, 200).Select(i => below with { Annotations = new Dictionary<string, string> { ["n"] = $"{i}" } })]);
        }
        await FailsAsync(ErrorCode.NotFound, async () => await layout.SelectPlatformAsync(root, Riscv, Cancelled));
        await ImageCopy.CopyAsync(layout, root, DiscardSink.Instance, cancellationToken: Cancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task An_entry_of_an_unknown_kind_is_not_copied()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        foreach (var type in new[] { "application/x-other", "no media type", "\"" })
        {
            var root = await WriteIndexAsync(layout, [Descriptor.Of(type, [1])]);
            await FailsAsync(ErrorCode.NotSupported, () => ImageCopy.CopyAsync(layout, root, DiscardSink.Instance, cancellationToken: Cancelled));
        }
    }

    private static async Task<Descriptor> NestAsync(OciLayout layout, Descriptor inner, int levels)
    {
        for (var level = 0; level < levels; level++) inner = await WriteIndexAsync(layout, [inner]);
        return inner;
    }

    private static async Task<Descriptor> WriteIndexAsync(OciLayout layout, IReadOnlyList<Descriptor> entries)
    {
        var bytes = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries });
        var descriptor = Descriptor.Of(MediaTypes.OciIndex, bytes);
        await layout.WriteManifestAsync(descriptor, bytes, Cancelled);
        return descriptor;
    }
}
