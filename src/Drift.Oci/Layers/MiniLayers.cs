// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Oci;

/// <summary>Layers that programs in an image from scratch often miss: roots of trust, users and time zones.</summary>
public static class MiniLayers
{
    private const string Bundle = "/etc/ssl/certs/ca-certificates.crt", Zones = "/usr/share/zoneinfo";
    private const int MaximumBundle = 16 * 1024 * 1024, Nobody = 65534;
    private const int Private = 0b111_000_000, Shared = 0b001_111_111_111;

    /// <summary>The certificates of the authorities to trust, at <c>/etc/ssl/certs/ca-certificates.crt</c>, where Go, OpenSSL and .NET look for them.</summary>
    /// <param name="path">A bundle in PEM; null for this machine's own.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DriftException">The file does not exist, or holds something else than certificates.</exception>
    public static async Task<Layer> CaCertificatesAsync(string? path = null, CancellationToken cancellationToken = default)
    {
        var file = path ?? Bundle;
        if (!File.Exists(file)) throw Missing($"There is no bundle of certificates {file}.", "ca-certificates");
        var content = await ContentSource.FromFile(file).OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        if (content.Length > MaximumBundle) throw Unusable(file, $"is larger than {MaximumBundle} bytes");
        var bytes = new byte[content.Length];
        await content.Stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        EnsureCertificates(Encoding.UTF8.GetString(bytes), file);
        return FileLayer.Create(files => files.Add(Bundle, ContentSource.FromBytes(bytes)));
    }

    /// <summary>
    /// <c>/etc/passwd</c> and <c>/etc/group</c> with root, nobody and, as <c>nonroot</c>, the image's user; their home folders, and
    /// <c>/tmp</c> for everyone.
    /// </summary>
    /// <param name="user">The number of the image's user.</param>
    /// <param name="group">The number of that user's group.</param>
    public static Layer Users(long user = 65532, long group = 65532)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(user);
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        const string Home = "/home/nonroot";
        var passwd = new StringBuilder($"root:x:0:0:root:/root:/sbin/nologin\nnobody:x:{Nobody}:{Nobody}:nobody:/nonexistent:/sbin/nologin\n");
        var groups = new StringBuilder($"root:x:0:\nnobody:x:{Nobody}:\n");
        var isOwn = user is not (0 or Nobody);
        if (isOwn) passwd.Append(CultureInfo.InvariantCulture, $"nonroot:x:{user}:{group}:nonroot:{Home}:/sbin/nologin\n");
        if (group is not (0 or Nobody)) groups.Append(CultureInfo.InvariantCulture, $"nonroot:x:{group}:\n");
        return FileLayer.Create(files =>
        {
            files.Add("/etc/passwd", Text(passwd)).Add("/etc/group", Text(groups)).AddDirectory("/root", Private).AddDirectory("/tmp", Shared);
            if (isOwn) files.AddDirectory(Home, Private, user, group);
        });

        static ContentSource Text(StringBuilder text) => ContentSource.FromBytes(Encoding.ASCII.GetBytes(text.ToString()));
    }

    /// <summary>The time zones, at <c>/usr/share/zoneinfo</c>, without the copies that count otherwise (<c>posix</c>, <c>right</c>).</summary>
    /// <param name="directory">A folder of compiled time zones; null for this machine's own.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DriftException">The folder does not exist, or has no time zones.</exception>
    public static async Task<Layer> TimeZonesAsync(string? directory = null, CancellationToken cancellationToken = default)
    {
        var folder = directory ?? Zones;
        if (!File.Exists(Path.Combine(folder, "Etc", "UTC"))) throw Missing($"There are no time zones in {folder}.", "tzdata");
        // localtime is this machine's own zone.
        var options = new FileTreeOptions { Ignore = DockerIgnore.Parse("posix\nright\nlocaltime") };
        var tree = await FileTree.ReadAsync(folder, options, cancellationToken).ConfigureAwait(false);
        return FileLayer.Create(files => files.AddTree(Zones, tree));
    }

    /// <summary>A private key put there by mistake would be given to everyone who has the image.</summary>
    private static void EnsureCertificates(string pem, string file)
    {
        var count = 0;
        for (ReadOnlySpan<char> rest = pem; PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..], count++)
        {
            if (!rest[fields.Label].SequenceEqual("CERTIFICATE")) throw Unusable(file, $"holds a {rest[fields.Label]}, which is no certificate");
            var bytes = Convert.FromBase64String(rest[fields.Base64Data].ToString());
            if (!AsnDecoder.TryReadEncodedValue(bytes, AsnEncodingRules.DER, out var tag, out int _, out int _, out var length) || tag != Asn1Tag.Sequence || length != bytes.Length)
            {
                throw Unusable(file, "holds a damaged certificate");
            }
        }
        if (count == 0 || CountOf(pem, "-----BEGIN ") != count) throw Unusable(file, "is not a bundle of certificates in PEM");
    }

    private static int CountOf(string text, string part)
    {
        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal)) count++;
        return count;
    }

    private static DriftException Missing(string problem, string package) =>
        new(ErrorCode.SourceNotFound, problem, $"Install the Debian package {package}, or name another place.");

    private static DriftException Unusable(string file, string problem) =>
        new(ErrorCode.LayerSource, $"{file} {problem}.", "Name a file that holds certificates alone, each between its BEGIN and END.");
}
