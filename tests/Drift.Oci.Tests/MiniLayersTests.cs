// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Drift.TestKit;
using Tar = System.Formats.Tar;

namespace Drift.Oci.Tests;

/// <summary>Certificates, users and time zones as layers.</summary>
public sealed class MiniLayersTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Certificates_are_the_machines_or_those_of_a_file()
    {
        Need.That(File.Exists("/etc/ssl/certs/ca-certificates.crt"), "ca-certificates is not installed");
        var own = await EntriesAsync(await MiniLayers.CaCertificatesAsync(cancellationToken: Cancelled));
        Assert.Equal(await File.ReadAllTextAsync("/etc/ssl/certs/ca-certificates.crt", Cancelled), own["etc/ssl/certs/ca-certificates.crt"].Content);

        var pem = "# a name\n" + Certificate() + Certificate();
        var given = await EntriesAsync(await MiniLayers.CaCertificatesAsync(_folder.Write("mine.pem", pem), Cancelled));
        Assert.Equal(("644 0:0", pem), given["etc/ssl/certs/ca-certificates.crt"]);
    }

    [Fact]
    public async Task What_is_no_bundle_of_certificates_is_refused()
    {
        var certificate = Certificate();
        using var key = ECDsa.Create();
        Assert.Contains("holds a PRIVATE KEY", await RefusedAsync(certificate + key.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
        Assert.Contains("not a bundle", await RefusedAsync("certificates"), StringComparison.Ordinal);
        Assert.Contains("not a bundle", await RefusedAsync(""), StringComparison.Ordinal);
        Assert.Contains("not a bundle", await RefusedAsync(certificate + certificate[..^40]), StringComparison.Ordinal);
        Assert.Contains("damaged certificate", await RefusedAsync(PemEncoding.WriteString("CERTIFICATE", Convert.FromBase64String(certificate.ReplaceLineEndings("").Split("-----")[2]).AsSpan()[..^1])), StringComparison.Ordinal);
        Assert.Contains("damaged certificate", await RefusedAsync(PemEncoding.WriteString("CERTIFICATE", "abc"u8)), StringComparison.Ordinal);

        var error = await Assert.ThrowsAsync<DriftException>(() => MiniLayers.CaCertificatesAsync(_folder.Combine("none"), Cancelled));
        Assert.Equal(ErrorCode.SourceNotFound, error.Code);
        Assert.Contains("Debian package ca-certificates", error.Hint, StringComparison.Ordinal);

        async Task<string> RefusedAsync(string pem)
        {
            var refused = await Assert.ThrowsAsync<DriftException>(() => MiniLayers.CaCertificatesAsync(_folder.Write("bad.pem", pem), Cancelled));
            Assert.Equal(ErrorCode.LayerSource, refused.Code);
            return refused.Message;
        }
    }

    [Theory]
    [InlineData(65532, 65532, true)]
    [InlineData(1000, 0, true)]
    [InlineData(0, 0, false)]
    [InlineData(65534, 65534, false)]
    public async Task Users_are_root_nobody_and_the_images_own(long user, long group, bool hasOwn)
    {
        var entries = await EntriesAsync(MiniLayers.Users(user, group));
        Assert.Equal(("1777 0:0", ""), entries["tmp/"]);
        Assert.Equal(("700 0:0", ""), entries["root/"]);
        var users = entries["etc/passwd"].Content.TrimEnd('\n').Split('\n').Select(line => line.Split(':')).ToArray();
        Assert.All(users, line => Assert.Equal(7, line.Length));
        Assert.Equal(hasOwn ? ["root", "nobody", "nonroot"] : ["root", "nobody"], users.Select(line => line[0]));
        Assert.Equal(hasOwn ? 1 : 0, users.Count(line => line[2] == $"{user}" && line[0] == "nonroot"));
        Assert.Contains(entries["etc/group"].Content.Split('\n'), line => line.EndsWith($":x:{group}:", StringComparison.Ordinal));
        Assert.Equal(hasOwn, entries.TryGetValue("home/nonroot/", out var home));
        if (hasOwn) Assert.Equal($"700 {user}:{group}", home.Facts);
    }

    [Fact]
    public async Task Time_zones_keep_their_links_and_leave_copies_and_this_machines_own_out()
    {
        foreach (var name in new[] { "Etc/UTC", "posix/Etc/UTC", "right/Etc/UTC", "localtime", "Europe/Paris" }) _folder.Write(name, "zone " + name);
        File.CreateSymbolicLink(_folder.Combine("UTC"), "Etc/UTC");
        (await ProcessRun.RunAsync("ln", [_folder.Combine("Europe/Paris"), _folder.Combine("Europe/Monaco")], cancellationToken: Cancelled)).EnsureSuccess();
        var entries = await EntriesAsync(await MiniLayers.TimeZonesAsync(_folder.Path, Cancelled));
        const string Root = "usr/share/zoneinfo/";
        Assert.Equal(["usr/", "usr/share/", Root, Root + "Etc/", Root + "Etc/UTC", Root + "Europe/", Root + "Europe/Monaco", Root + "Europe/Paris", Root + "UTC"], entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("→ Etc/UTC", entries[Root + "UTC"].Content);
        Assert.Equal($"→ {Root}Europe/Monaco", entries[Root + "Europe/Paris"].Content);

        var error = await Assert.ThrowsAsync<DriftException>(() => MiniLayers.TimeZonesAsync(_folder.Combine("Europe"), Cancelled));
        Assert.Contains("Debian package tzdata", error.Hint, StringComparison.Ordinal);
    }

    private static string Certificate()
    {
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem() + "\n";
    }

    private static async Task<Dictionary<string, (string Facts, string Content)>> EntriesAsync(Layer layer)
    {
        var store = new MemoryStore();
        var packed = await layer.PackAsync(store, new PackOptions { Compression = LayerCompression.None }, Cancelled);
        using var reader = new Tar.TarReader(new MemoryStream(store.Blobs[packed.Descriptor.Digest]));
        var entries = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        while (reader.GetNextEntry() is { } entry)
        {
            var content = entry.LinkName.Length > 0 ? "→ " + entry.LinkName : entry.DataStream is { } data ? await new StreamReader(data, Encoding.UTF8).ReadToEndAsync(Cancelled) : "";
            entries.Add(entry.Name, ($"{Convert.ToString((int)entry.Mode, 8)} {entry.Uid}:{entry.Gid}", content));
        }
        return entries;
    }
}
