// SPDX-License-Identifier: Apache-2.0

// Packs a folder into an OCI layout as one layer: Drift.Bench FOLDER LAYOUT. Prints the size of the layer in bytes.
using Drift.Distribution;
using Drift.Oci;

var (folder, directory) = (args[0], args[1]);
var layout = await OciLayout.OpenOrCreateAsync(directory).ConfigureAwait(false);
var image = Image.Scratch(Platform.LinuxAmd64).WithLayer(FileLayer.Create(layer =>
{
    foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) layer.Add("/data/" + Path.GetRelativePath(folder, file), file);
}));
var packed = await image.PackAsync(layout).ConfigureAwait(false);
await layout.TagAsync(packed.Descriptor, "latest").ConfigureAwait(false);
Console.WriteLine(packed.Manifest.Layers[0].Size);
