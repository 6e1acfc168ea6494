// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>--compression gzip|zstd|none[:LEVEL]</c> of the commands that pack layers.</summary>
internal sealed class CompressionOption : Option<LayerCompression>
{
    public CompressionOption()
        : base("--compression")
    {
        Description = "How layers are compressed that are made here: gzip, zstd or none, and a level after a colon: gzip 1 to 9, zstd 1 to 19 [default: gzip]";
        HelpName = "NAME[:LEVEL]";
        DefaultValueFactory = static _ => LayerCompression.Gzip;
        CustomParser = static result =>
        {
            var text = result.Tokens[0].Value;
            if (LayerCompression.TryParse(text, out var compression)) return compression;
            result.AddError($"'{text}' is not a compression: --compression takes gzip, zstd or none, and a level after a colon (gzip:1 to gzip:9, zstd:1 to zstd:19).");
            return null;
        };
    }
}
