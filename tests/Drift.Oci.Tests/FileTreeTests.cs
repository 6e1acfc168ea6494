// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using Drift.TestKit;

namespace Drift.Oci.Tests;

/// <summary>Folders of this machine as layers; GNU tar reads the result back.</summary>
public sealed class FileTreeTests : IDisposable
{
    private const long Epoch = 1_700_000_000;
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task GNU_tar_unpacks_what_was_read()
    {
        var script = _folder.Write("in/bin/run", "#!/bin/sh\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_000_000);
        File.SetUnixFileMode(_folder.Write("in/secret", "s"), (UnixFileMode)0b110_000_000);
        _folder.Write("in/" + new string('d', 200) + "/ünïcode 名前\n", "deep");
        Directory.CreateDirectory(_folder.Combine("in", "empty"));
        File.CreateSymbolicLink(_folder.Combine("in", "absolute"), "/nonexistent/target");
        Directory.CreateSymbolicLink(_folder.Combine("in", "alias"), "bin");
        await RunAsync("ln", _folder.Combine("in", "bin", "run"), _folder.Combine("in", "another"));

        var tree = await FileTree.ReadAsync(_folder.Combine("in"), cancellationToken: Cancelled);
        Assert.Equal(9, tree.Count);
        Assert.Equal("#!/bin/sh\n".Length + 1 + 4, tree.Size);
        var archive = await PackAsync(FileLayer.Create(files => files.AddTree("/opt/app", tree)));
        Assert.Equal(
        [
            "drwxr-xr-x 0/0 opt/", "drwxr-xr-x 0/0 opt/app/", "lrwxrwxrwx 0/0 opt/app/absolute -> /nonexistent/target", "lrwxrwxrwx 0/0 opt/app/alias -> bin",
            "-rwxr-xr-x 0/0 opt/app/another", "drwxr-xr-x 0/0 opt/app/bin/", "hrwxr-xr-x 0/0 opt/app/bin/run link to opt/app/another",
            $"drwxr-xr-x 0/0 opt/app/{new string('d', 200)}/", $"-rw-r--r-- 0/0 opt/app/{new string('d', 200)}/ünïcode 名前\\n",
            "drwxr-xr-x 0/0 opt/app/empty/", "-rw-r--r-- 0/0 opt/app/secret",
        ], await ListAsync(archive));

        Directory.CreateDirectory(_folder.Combine("out"));
        await RunAsync("tar", "--extract", "--no-same-owner", "-f", archive, "-C", _folder.Combine("out"));
        await RunAsync("diff", "--recursive", "--no-dereference", _folder.Combine("in"), _folder.Combine("out", "opt", "app"));
        Assert.Equal("2", (await RunAsync("stat", "--format=%h", _folder.Combine("out", "opt", "app", "bin", "run"))).Output.Trim());
    }

    [Fact]
    public async Task A_tree_is_parted_with_its_folders_and_no_link_loses_its_file()
    {
        var first = _folder.Write("in/a/one", "12345");
        Directory.CreateDirectory(_folder.Combine("in", "b", "empty"));
        await RunAsync("ln", first, _folder.Combine("in", "b", "two"));
        await RunAsync("ln", first, _folder.Combine("in", "b", "three"));
        File.CreateSymbolicLink(_folder.Combine("in", "a", "link"), "one");
        var tree = await FileTree.ReadAsync(_folder.Combine("in"), new FileTreeOptions { ModeOf = path => path == "a/one" ? 0b111_000_000 : null }, Cancelled);

        var parts = tree.Split(path => path[0]);
        Assert.Equal((3, 2, 5L), (parts['a'].Count, parts['a'].FileCount, parts['a'].Size));
        Assert.Equal((4, 2, 5L), (parts['b'].Count, parts['b'].FileCount, parts['b'].Size));
        Assert.Equal(["drwxr-xr-x 0/0 a/", "lrwxrwxrwx 0/0 a/link -> one", "-rwx------ 0/0 a/one"], await ListAsync(await PackAsync(FileLayer.Create(files => files.AddTree("/", parts['a'])))));
        Assert.Equal(["drwxr-xr-x 0/0 b/", "drwxr-xr-x 0/0 b/empty/", "-rwx------ 0/0 b/three", "hrwx------ 0/0 b/two link to b/three"],
            await ListAsync(await PackAsync(FileLayer.Create(files => files.AddTree("/", parts['b'])))));
        // The file that b/three has is read as a/one, wherever the part is put.
        var moved = await PackAsync(FileLayer.Create(files => files.AddTree("/opt/data", parts['b'])));
        Assert.Equal("12345", (await RunAsync("tar", "--extract", "--to-stdout", "-f", moved, "opt/data/b/three")).Output);
    }

    [Fact]
    public async Task Files_are_distributed_over_layers_so_that_a_change_stays_in_one()
    {
        for (var i = 0; i < 200; i++) _folder.Write($"in/folder{i % 7}/file{i}", $"{i}");
        await RunAsync("ln", _folder.Combine("in", "folder0", "file0"), _folder.Combine("in", "folder3", "linked"));
        Directory.CreateDirectory(_folder.Combine("in", "empty"));
        var before = await LayersAsync();
        Assert.Equal(8, before.Length);

        _folder.Write("in/folder5/file5", "changed");
        var changed = await LayersAsync();
        Assert.Equal(1, before.Zip(changed).Count(pair => pair.First != pair.Second));
        _folder.Write("in/folder5/new", "new");
        Assert.Equal(1, changed.Zip(await LayersAsync()).Count(pair => pair.First != pair.Second));

        // Together they are the folder.
        Directory.CreateDirectory(_folder.Combine("out"));
        foreach (var part in await SplitAsync()) await RunAsync("tar", "--extract", "--no-same-owner", "-f", await PackAsync(part), "-C", _folder.Combine("out"));
        await RunAsync("diff", "--recursive", "--no-dereference", _folder.Combine("in"), _folder.Combine("out"));
        Assert.Equal("2", (await RunAsync("stat", "--format=%h", _folder.Combine("out", "folder3", "linked"))).Output.Trim());

        async Task<FileLayer[]> SplitAsync() =>
            [.. (await FileTree.ReadAsync(_folder.Combine("in"), cancellationToken: Cancelled)).Split(8).Select(part => FileLayer.Create(files => files.AddTree("/", part)))];

        async Task<Digest[]> LayersAsync()
        {
            var digests = new List<Digest>();
            foreach (var layer in await SplitAsync()) digests.Add((await layer.PackAsync(DiscardSink.Instance, cancellationToken: Cancelled)).DiffId);
            return [.. digests];
        }
    }

    [Fact]
    public async Task A_file_that_is_written_to_while_it_is_read_is_an_error()
    {
        var path = _folder.Write("in/large", new string('a', 1_000_000));
        var content = await ContentSource.FromFile(path).OpenAsync(Cancelled);
        await using var stream = content.Stream;
        await stream.ReadExactlyAsync(new byte[1000], Cancelled);
        await Task.Delay(50, Cancelled);
        // The size stays.
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.WriteByte((byte)'b');

        var error = await Assert.ThrowsAsync<DriftException>(() => stream.CopyToAsync(Stream.Null, Cancelled));
        Assert.Equal(ErrorCode.LayerSource, error.Code);
        Assert.Contains("was written to while it was read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_files_give_the_same_layer_whoever_copied_them_and_when()
    {
        var digests = new HashSet<Digest>();
        foreach (var (copy, order) in new[] { ("a", new[] { "x/1", "x/2", "y" }), ("b", ["y", "x/2", "x/1"]) })
        {
            foreach (var name in order) _folder.Write($"{copy}/{name}", name);
            await RunAsync("chmod", "-R", copy == "a" ? "go-rwx" : "a+rw", _folder.Combine(copy));
            File.SetLastWriteTimeUtc(_folder.Combine(copy, "y"), DateTime.UnixEpoch.AddSeconds(copy == "a" ? 5 : 6));
            var tree = await FileTree.ReadAsync(_folder.Combine(copy), cancellationToken: Cancelled);
            digests.Add((await FileLayer.Create(files => files.AddTree("/", tree)).PackAsync(DiscardSink.Instance, new PackOptions { Epoch = Epoch }, Cancelled)).DiffId);
        }
        Assert.Single(digests);
    }

    [Fact]
    public async Task Modes_owners_and_earlier_times_are_kept_when_asked()
    {
        var file = _folder.Write("in/file", "x");
        File.SetUnixFileMode(file, (UnixFileMode)0b100_100_000_001);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddSeconds(1_000_000_000));
        File.SetLastWriteTimeUtc(_folder.Write("in/later", "x"), DateTime.UnixEpoch.AddSeconds(Epoch + 1000));
        var owner = int.Parse((await RunAsync("id", "-u")).Output.Trim(), System.Globalization.CultureInfo.InvariantCulture);

        var kept = await ReadBackAsync(new FileTreeOptions { KeepModes = true, KeepOwners = true, KeepTimes = true, Owner = 77 });
        Assert.Equal((0b100_100_000_001, owner, 1_000_000_000), (kept["file"].Mode, kept["file"].UserId, kept["file"].ModificationTime));
        Assert.Equal(Epoch, kept["later"].ModificationTime);

        var plain = await ReadBackAsync(new FileTreeOptions { Owner = 65532, Group = 65533 });
        Assert.Equal((FileLayerBuilder.ReadOnly, 65532, 65533, Epoch), (plain["file"].Mode, plain["file"].UserId, plain["file"].GroupId, plain["file"].ModificationTime));
    }

    [Fact]
    public async Task Dockerignore_leaves_out_and_brings_back_with_the_folders_above()
    {
        foreach (var name in new[] { "a.cs", "bin/a.dll", "bin/keep/b.dll", "bin/c/d/e", "obj/x", ".git/HEAD" }) _folder.Write("in/" + name, name);
        _folder.Write("in/.dockerignore", "# build output\nbin\nobj/\n!bin/keep\n.*\n");
        // What is left out may be anything.
        await RunAsync("mkfifo", _folder.Combine("in", "obj", "pipe"));
        var options = new FileTreeOptions { Ignore = await DockerIgnore.ReadAsync(_folder.Combine("in"), Cancelled), Owner = 5 };
        Assert.Equal(["a.cs", "bin/", "bin/keep/", "bin/keep/b.dll"], (await ReadBackAsync(options)).Keys);
        Assert.Null(await DockerIgnore.ReadAsync(_folder.Path, Cancelled));
    }

    [Fact]
    public async Task What_an_image_cannot_hold_is_named()
    {
        await RunAsync("mkfifo", _folder.Write("pipe/x", "")[..^1] + "fifo");
        await AssertRefusedAsync("pipe", "fifo is a pipe, which an image cannot hold");

        Directory.CreateDirectory(_folder.Combine("socket"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.Combine("socket", "s")));
        await AssertRefusedAsync("socket", "s is a socket, which an image cannot hold");

        _folder.Write("marker/.wh.x", "");
        await AssertRefusedAsync("marker", "means a deletion in a layer");

        await RunAsync("sh", "-c", $"mkdir {_folder.Combine("latin")} && touch {_folder.Combine("latin")}/$(printf '\\351t\\351')");
        await AssertRefusedAsync("latin", "a name that is not valid UTF-8");
        await RunAsync("rm", "-r", _folder.Combine("latin"));

        await RunAsync("sh", "-c", $"mkdir {_folder.Combine("target")} && ln -s $(printf '\\351') {_folder.Combine("target")}/link");
        await AssertRefusedAsync("target", "a target that is not valid UTF-8");

        // The character itself is a name like any other.
        _folder.Write("odd/\uFFFD", "");
        Assert.Equal(1, (await FileTree.ReadAsync(_folder.Combine("odd"), cancellationToken: Cancelled)).Count);

        await AssertRefusedAsync("absent", "There is no folder", ErrorCode.SourceNotFound);
    }

    [Fact]
    public async Task A_file_that_grows_or_vanishes_before_it_is_packed_is_named()
    {
        var file = _folder.Write("in/file", "x");
        var layer = FileLayer.Create(files => files.AddTree("/", FileTree.ReadAsync(_folder.Combine("in"), cancellationToken: Cancelled).Result));
        File.Delete(file);
        var error = await Assert.ThrowsAsync<DriftException>(async () => await layer.PackAsync(DiscardSink.Instance, cancellationToken: Cancelled));
        Assert.Equal(ErrorCode.LayerSource, error.Code);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hard_links_whiteouts_and_attributes_can_be_added_by_hand()
    {
        var layer = FileLayer.Create(files => files
            .AddHardLink("/a/first", "/z/chain").AddHardLink("/z/chain", "/m/file").Add("/m/file", ContentSource.FromBytes("data"u8.ToArray()), FileLayerBuilder.Executable, 7, 8)
            .AddWhiteout("/etc/motd").AddOpaqueWhiteout("/var/cache").AddOpaqueWhiteout("/")
            .SetExtendedAttribute("/m/file", "security.capability", new byte[] { 1, 0, 0, 2, 0xff, 10, 0 })
            .SetExtendedAttribute("/m/file", "user.note", "ü"u8.ToArray()));
        var archive = await PackAsync(layer);
        Assert.Equal(
        [
            "---------- 0/0 .wh..wh..opq", "drwxr-xr-x 0/0 a/", "-rwxr-xr-x 7/8 a/first", "drwxr-xr-x 0/0 etc/", "---------- 0/0 etc/.wh.motd", "drwxr-xr-x 0/0 m/",
            "hrwxr-xr-x 7/8 m/file link to a/first", "drwxr-xr-x 0/0 var/", "drwxr-xr-x 0/0 var/cache/", "---------- 0/0 var/cache/.wh..wh..opq", "drwxr-xr-x 0/0 z/",
            "hrwxr-xr-x 7/8 z/chain link to a/first",
        ], await ListAsync(archive));
        // GNU tar shows the attributes that it knows how to restore.
        Assert.Contains("security.capability", (await RunAsync("tar", "--list", "--verbose", "--verbose", "--xattrs", "--xattrs-include=*", "-f", archive)).Output, StringComparison.Ordinal);
        var file = Assert.Single(await ReadAsync(archive), entry => entry.ExtendedAttributes is not null);
        Assert.Equal("a/first", file.Path);
        Assert.Equal<byte>([1, 0, 0, 2, 0xff, 10, 0], file.ExtendedAttributes!["security.capability"].ToArray());
        Assert.Equal("ü"u8.ToArray(), file.ExtendedAttributes["user.note"].ToArray());
    }

    [Fact]
    public async Task Attributes_that_GNU_tar_stores_are_read()
    {
        var file = _folder.Write("in/file", "x");
        Need.That((await ProcessRun.RunAsync("python3", ["-c", $"import os; os.setxattr('{file}', 'user.drift', b'\\xff\\n=')"], cancellationToken: Cancelled)).ExitCode == 0, "TMPDIR keeps no extended attributes");
        var archive = _folder.Combine("gnu.tar");
        await RunAsync("tar", "--create", "--xattrs", "-f", archive, "-C", _folder.Combine("in"), "file");
        Assert.Equal("\u00ff\n="u8.Length - 1, Assert.Single(await ReadAsync(archive)).ExtendedAttributes!["user.drift"].Length);
    }

    [Fact]
    public void Misuse_is_told_at_once()
    {
        var content = ContentSource.FromBytes(default);
        foreach (var build in new Action<FileLayerBuilder>[]
        {
            files => files.AddHardLink("/a", "/b"),
            files => files.AddHardLink("/a", "/b").AddHardLink("/b", "/a"),
            files => files.AddHardLink("/a", "/b").AddDirectory("/b"),
            files => files.Add("/a/.wh.b", content),
            files => files.Add("/a/.wh.b/c", content),
            files => files.AddWhiteout("/a").Add("/a", content),
            files => files.AddWhiteout("/a").Add("/a/b", content),
            files => files.AddWhiteout("/"),
            files => files.SetExtendedAttribute("/a", "user.x", default),
            files => files.Add("/a", content).SetExtendedAttribute("/a", "user=x", default),
        })
        {
            Assert.Throws<ArgumentException>(() => FileLayer.Create(build));
        }
    }

    [Fact]
    public async Task Extended_attributes_are_kept_when_asked_for_and_the_machines_own_never()
    {
        // GNU tar makes the files, so that the attributes come from a real file system.
        byte[] capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var isRoot = Environment.IsPrivilegedProcess;
        var archive = await PackAsync(FileLayer.Create(files =>
        {
            files.Add("/f", ContentSource.FromBytes(default)).SetExtendedAttribute("/f", "user.note", "ü\0"u8.ToArray()).SetExtendedAttribute("/f", "user.overlay.opaque", "y"u8.ToArray());
            if (isRoot) files.SetExtendedAttribute("/f", "security.capability", capability).SetExtendedAttribute("/f", "trusted.mine", "t"u8.ToArray());
            files.AddDirectory("/d").SetExtendedAttribute("/d", "user.folder", "1"u8.ToArray()).Add("/plain", ContentSource.FromBytes(default)).AddSymbolicLink("/link", "f");
        }));
        Directory.CreateDirectory(_folder.Combine("in"));
        await RunAsync("tar", "--extract", "--no-same-owner", "--xattrs", "--xattrs-include=*", "-f", archive, "-C", _folder.Combine("in"));
        await RunAsync("ln", _folder.Combine("in", "f"), _folder.Combine("in", "g"));

        Assert.All((await ReadBackAsync(new FileTreeOptions())).Values, entry => Assert.Null(entry.ExtendedAttributes));
        var kept = await ReadBackAsync(new FileTreeOptions { KeepExtendedAttributes = true });
        Assert.Equal(isRoot ? ["security.capability", "user.note"] : ["user.note"], kept["f"].ExtendedAttributes!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("ü\0"u8.ToArray(), kept["f"].ExtendedAttributes!["user.note"].ToArray());
        if (isRoot) Assert.Equal(capability, kept["f"].ExtendedAttributes!["security.capability"].ToArray());
        Assert.Equal(["user.folder"], kept["d/"].ExtendedAttributes!.Keys);
        Assert.All(new[] { "g", "plain", "link" }, name => Assert.Null(kept[name].ExtendedAttributes));
    }

    private async Task AssertRefusedAsync(string name, string message, ErrorCode code = ErrorCode.LayerSource)
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => FileTree.ReadAsync(_folder.Combine(name), cancellationToken: Cancelled));
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    private async Task<Dictionary<string, TarEntry>> ReadBackAsync(FileTreeOptions options)
    {
        var tree = await FileTree.ReadAsync(_folder.Combine("in"), options, Cancelled);
        return (await ReadAsync(await PackAsync(FileLayer.Create(files => files.AddTree("/", tree))))).ToDictionary(entry => entry.Path, StringComparer.Ordinal);
    }

    private async Task<string> PackAsync(FileLayer layer)
    {
        var sink = new MemoryStore();
        var packed = await layer.PackAsync(sink, new PackOptions { Compression = LayerCompression.None, Epoch = Epoch }, Cancelled);
        var path = _folder.Combine($"{Guid.NewGuid():n}.tar");
        await File.WriteAllBytesAsync(path, sink.Blobs[packed.Descriptor.Digest], Cancelled);
        return path;
    }

    private static async Task<List<TarEntry>> ReadAsync(string archive)
    {
        await using var file = File.OpenRead(archive);
        var reader = new TarReader(file, archive);
        var entries = new List<TarEntry>();
        while (await reader.ReadAsync(Cancelled) is { } entry) entries.Add(entry);
        return entries;
    }

    private static async Task<string[]> ListAsync(string archive)
    {
        var run = await RunAsync("tar", "--list", "--verbose", "--numeric-owner", "--quoting-style=escape", "-f", archive);
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Line)];

        // Mode, owner and name; size and time are left out.
        static string Line(string line)
        {
            var columns = line.Replace("\\ ", "\u0001", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return string.Join(' ', [columns[0], columns[1], .. columns[5..]]).Replace('\u0001', ' ');
        }
    }

    private static async Task<ProcessRun> RunAsync(string program, params string[] arguments) =>
        (await ProcessRun.RunAsync(program, arguments, environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["LC_ALL"] = "C.UTF-8" }, cancellationToken: Cancelled)).EnsureSuccess();
}
