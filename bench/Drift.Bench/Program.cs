// SPDX-License-Identifier: Apache-2.0

// Packs a folder into an OCI layout as one layer: Drift.Bench FOLDER LAYOUT COMPRESSION. Prints the layer's size in bytes and the most memory held, in KiB.
using System.Diagnostics;
using Drift.Distribution;
using Drift.Oci;

var (folder, directory) = (args[0], args[1]);
if (!LayerCompression.TryParse(args[2], out var compression)) throw new ArgumentException($"{args[2]} is no compression");
var layout = await OciLayout.OpenOrCreateAsync(directory).ConfigureAwait(false);
var image = Image.Scratch(Platform.LinuxAmd64).WithLayer(FileLayer.Create(layer =>
{
    foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) layer.Add("/data/" + Path.GetRelativePath(folder, file), file);
}));
var packed = await image.PackAsync(layout, new PackOptions { Compression = compression }).ConfigureAwait(false);
await layout.TagAsync(packed.Descriptor, "latest").ConfigureAwait(false);
using var process = Process.GetCurrentProcess();
Console.WriteLine($"{packed.Manifest.Layers[0].Size} {process.PeakWorkingSet64 / 1024}");
