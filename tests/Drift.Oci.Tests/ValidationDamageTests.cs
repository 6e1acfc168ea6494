// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Text;

namespace Drift.Oci.Tests;

/// <summary>Whatever bytes an image has, a validation ends with findings, and reading its files ends with an error that is told.</summary>
public sealed class ValidationDamageTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Damaged_archives_give_findings_and_never_throw()
    {
        var sound = await ValidationImage.TarAsync(new TarEntry { Path = "folder/", Type = TarEntryType.Directory }, ValidationImage.File("folder/a") with { Size = 700 },
            new TarEntry { Path = new string('b', 300), Type = TarEntryType.SymbolicLink, LinkTarget = "a" }, ValidationImage.File(".wh.c"), ValidationImage.File("folder/.wh..wh..opq"));
        var random = new Random(20_231_107);
        for (var i = 0; i < 400; i++)
        {
            var tar = sound.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--) tar[random.Next(tar.Length - 1024)] = (byte)random.Next(256);
            if (i % 2 == 0) FixChecksums(tar);
            var image = new ValidationImage();
            image.AddLayer(tar);
            await image.ValidateAsync(image.Manifest());
            try
            {
                _ = (await FlattenedFiles.ReadAsync(image, [image.Layers[0].Descriptor], new FlattenOptions { HashContents = true }, Cancelled)).All().Count();
            }
            catch (DriftException e)
            {
                Assert.Equal(ErrorCode.InvalidContent, e.Code);
            }
        }
    }

    [Fact]
    public async Task Damaged_gzip_gives_one_finding_or_none()
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a") with { Size = 3000 });
        var sound = ValidationImage.Gzip(tar);
        for (var i = 0; i < sound.Length; i++)
        {
            var gzip = sound.ToArray();
            gzip[i] ^= 0x55;
            var image = new ValidationImage();
            image.AddLayer(tar, gzip);
            // Bytes 4 to 9 of the header are a time, flags and a system, which nobody checks; and another way to write the same zeros is no damage.
            var findings = await image.ValidateAsync(image.Manifest());
            if (i is not (>= 4 and <= 9) && !await GivesAsync(gzip, tar)) Assert.True(findings.Count == 1, $"byte {i} of {gzip.Length}: {string.Join(", ", findings)}");
        }
    }

    [Fact]
    public async Task Damaged_documents_give_findings_and_never_throw()
    {
        var image = new ValidationImage();
        await image.AddLayerAsync(ValidationImage.File("a"));
        var config = Encoding.UTF8.GetBytes(image.Config("{}"));
        var manifest = (await image.ReadManifestAsync(image.Manifest(), Cancelled)).ToArray();
        var random = new Random(20_231_108);
        for (var i = 0; i < 1000; i++)
        {
            var (changedConfig, changedManifest) = (config.ToArray(), manifest.ToArray());
            changedConfig[random.Next(config.Length)] = (byte)random.Next(256);
            changedManifest[random.Next(manifest.Length)] = (byte)random.Next(256);
            await image.ValidateAsync(image.Manifest(Encoding.Latin1.GetString(changedConfig)));
            await image.ValidateAsync(image.Add(MediaTypes.OciManifest, changedManifest));
            await image.ValidateAsync(image.Add(MediaTypes.OciIndex, changedManifest));
        }
    }

    private static async Task<bool> GivesAsync(byte[] gzip, byte[] expected)
    {
        try
        {
            await using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, Cancelled);
            return content.ToArray().AsSpan().SequenceEqual(expected);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    // So that damage comes past the first check of each header.
    private static void FixChecksums(byte[] tar)
    {
        for (var block = 0; block + 512 <= tar.Length; block += 512)
        {
            var header = tar.AsSpan(block, 512);
            if (!header[257..262].SequenceEqual("ustar"u8)) continue;
            Encoding.ASCII.GetBytes(Convert.ToString(TarFormat.ChecksumOf(header), 8).PadLeft(6, '0') + "\0 ", header[148..156]);
        }
    }
}
