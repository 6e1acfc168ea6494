// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment.Tests;

/// <summary>Layers on top of each other (image-spec layer.md).</summary>
public sealed class LayerTests : UnpackTest
{
    [Fact(Timeout = Limit)]
    public async Task Later_layers_win()
    {
        await UnpackAsync(
            [File("same", "1"), File("file-to-folder", "1"), Directory("folder-to-file"), File("folder-to-file/x", "1"), Directory("kept"), File("kept/x", "1"), Link("link", "same")],
            [File("same", "2"), Directory("file-to-folder"), File("file-to-folder/y", "2"), File("folder-to-file", "2"), Directory("kept"), File("link", "2")]);
        Assert.Equal(["file-to-folder/", "file-to-folder/y=2", "folder-to-file=2", "kept/", "kept/x=1", "link=2", "same=2"], Tree());
    }

    [Fact(Timeout = Limit)]
    public async Task A_whiteout_hides_what_is_below()
    {
        await UnpackAsync(
            [File("a/file"), File("a/folder/x"), Link("a/link", "/etc"), File("a/kept")],
            [File("a/.wh.file"), File("a/.wh.folder"), File("a/.wh.link"), File("a/.wh.never-was"), File("a/.wh..")]);
        Assert.Equal(["a/", "a/kept="], Tree());
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_opaque_whiteout_hides_only_lower_layers(bool comesFirst)
    {
        Entry[] added = [Directory("a"), File("a/new", "2"), File("a/both", "2"), Directory("a/folder"), File("a/implied/new", "2")];
        await UnpackAsync(
            [File("a/old", "1"), File("a/both", "1"), File("a/folder/old", "1"), File("a/implied/old", "1"), File("a/gone/old", "1"), File("b", "1")],
            comesFirst ? [File("a/.wh..wh..opq"), .. added] : [.. added, File("a/.wh..wh..opq")]);
        Assert.Equal(["a/", "a/both=2", "a/folder/", "a/implied/", "a/implied/new=2", "a/new=2", "b=1"], Tree());
    }

    [Fact(Timeout = Limit)]
    public async Task A_whiteout_spares_its_own_layer()
    {
        await UnpackAsync([File("file", "1"), File("folder/old", "1")], [File("file", "2"), File(".wh.file"), File("folder/new", "2"), File(".wh.folder")]);
        Assert.Equal(["file=2", "folder/", "folder/new=2"], Tree());
    }

    [Fact(Timeout = Limit)]
    public async Task Modes_lose_what_makes_another_user()
    {
        await UnpackAsync([File("program", mode: 0b111_111_101_101), File("secret", mode: 0b110_000_000)]);
        Assert.Equal((UnixFileMode)0b111_101_101, System.IO.File.GetUnixFileMode(Path.Combine(Root, "program")));
        Assert.Equal((UnixFileMode)0b110_000_000, System.IO.File.GetUnixFileMode(Path.Combine(Root, "secret")));
    }

    [Fact(Timeout = Limit)]
    public async Task A_hard_link_is_a_copy()
    {
        await UnpackAsync([File("a", "1"), Link("s", "a"), Of(TarEntryType.HardLink, "b", "a"), Of(TarEntryType.HardLink, "c", "/a"), Of(TarEntryType.HardLink, "d", "s")]);
        Assert.Equal(["a=1", "b=1", "c=1", "d -> a", "s -> a"], Tree());
    }

    [Fact(Timeout = Limit)]
    public async Task Devices_are_left_out()
    {
        await UnpackAsync([Of(TarEntryType.CharacterDevice, "null"), Of(TarEntryType.BlockDevice, "disk"), Of(TarEntryType.Fifo, "pipe"), File("file")]);
        Assert.Equal(["file="], Tree());
    }

    [Fact(Timeout = Limit)]
    public async Task An_image_without_layers_is_an_empty_folder()
    {
        await UnpackAsync(Array.Empty<Entry[]>());
        Assert.Empty(Tree());
    }
}
