// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Oci;

/// <summary>How a layer's tar is stored: an algorithm and, for some, a level.</summary>
public sealed record LayerCompression
{
    private const int HighestGzipLevel = 9, HighestZstdLevel = 19, DefaultZstdLevel = 1;
    private readonly CompressionAlgorithm _algorithm;

    private LayerCompression(CompressionAlgorithm algorithm) => _algorithm = algorithm;

    /// <summary>gzip, which every runtime reads. The bytes depend on the input and the level alone.</summary>
    public static LayerCompression Gzip { get; } = new(CompressionAlgorithm.Gzip);

    /// <summary>
    /// Zstandard, which takes half of gzip's time. containerd, podman and skopeo read it; umoci and Docker Engine 20.10 do not, and Docker's
    /// own image format has no name for it. The bytes depend on the input, the level and the version of the machine's libzstd, without which packing fails.
    /// </summary>
    public static LayerCompression Zstd { get; } = new(CompressionAlgorithm.Zstd);

    /// <summary>Plain tar.</summary>
    public static LayerCompression None { get; } = new(CompressionAlgorithm.None);

    /// <summary>How hard is tried: 1 to 9 for gzip, 1 to 19 for zstd; null for the default, which is made for speed.</summary>
    public int? Level { get; private init; }

    /// <summary>The highest level; 0 where there is none.</summary>
    public int HighestLevel => _algorithm switch { CompressionAlgorithm.Gzip => HighestGzipLevel, CompressionAlgorithm.Zstd => HighestZstdLevel, _ => 0 };

    internal string MediaType => _algorithm switch
    {
        CompressionAlgorithm.Gzip => MediaTypes.OciLayerGzip,
        CompressionAlgorithm.Zstd => MediaTypes.OciLayerZstd,
        _ => MediaTypes.OciLayer,
    };

    /// <summary>The same algorithm with a level; null for its default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The algorithm does not have the level.</exception>
    public LayerCompression WithLevel(int? level) => level is null or >= 1 && (level ?? 0) <= HighestLevel
        ? this with { Level = level }
        : throw new ArgumentOutOfRangeException(nameof(level), level, $"{this} has the levels 1 to {HighestLevel}.");

    /// <summary>Parses <c>gzip</c>, <c>zstd</c> or <c>none</c>, and a level after a colon, for example <c>zstd:3</c>.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LayerCompression? compression)
    {
        var (name, level) = text?.IndexOf(':', StringComparison.Ordinal) is int colon and >= 0 ? (text[..colon], text[(colon + 1)..]) : (text, null);
        compression = name switch { "gzip" => Gzip, "zstd" => Zstd, "none" => None, _ => null };
        if (level is null || compression is null) return compression is not null;
        if (int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= compression.HighestLevel)
        {
            compression = compression.WithLevel(number);
            return true;
        }
        compression = null;
        return false;
    }

    /// <summary>What <see cref="TryParse"/> takes, for example <c>zstd:3</c>.</summary>
    public override string ToString()
    {
        var name = _algorithm switch { CompressionAlgorithm.Gzip => "gzip", CompressionAlgorithm.Zstd => "zstd", _ => "none" };
        return Level is { } level ? string.Create(CultureInfo.InvariantCulture, $"{name}:{level}") : name;
    }

    /// <summary>Adds to <paramref name="inputs"/> all that makes the compressed bytes other ones.</summary>
    internal void Describe(LayerInputs inputs)
    {
        inputs.Add(ToString());
        inputs.Add(_algorithm == CompressionAlgorithm.Zstd ? ZstdLibrary.Version : 0);
    }

    /// <summary>The format to write, for one layer; null for plain tar.</summary>
    /// <exception cref="DriftException">It is zstd, and libzstd is not there.</exception>
    internal BlockFormat? CreateFormat() => _algorithm switch
    {
        CompressionAlgorithm.Gzip => new GzipFormat(Level is { } level ? DeflateEffort.OfLevel(level) : null),
        CompressionAlgorithm.Zstd => new ZstdFormat(Level ?? DefaultZstdLevel),
        _ => null,
    };
}
