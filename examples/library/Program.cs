// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Distribution;
using Drift.Oci;

// Builds one image for two processors out of files, and writes it to every place that is named:
// dotnet run -- oci:hello:1 oci-archive:hello.tar localhost:5000/hello:1

var content = await FileTree.ReadAsync("content");
var users = MiniLayers.Users();
var files = FileLayer.Create(layer => layer.AddTree("/srv/content", content));

Image PlanFor(Platform platform) => Image.Scratch(platform)
    .WithLayer(users)
    .WithLayer(files)
    .WithLayer(FileLayer.Create(layer => layer.Add("/etc/platform", ContentSource.FromBytes(Encoding.UTF8.GetBytes($"{platform}\n")))))
    .WithConfig(config => (config with { User = "65532:65532", WorkingDirectory = "/srv/content" })
        .WithLabel("org.opencontainers.image.version", "1.0.0"));

var image = new MultiPlatformImage([PlanFor(Platform.LinuxAmd64), PlanFor(Platform.LinuxArm64)]);
try
{
    foreach (var place in args)
    {
        var packed = await image.PackAsync(ImageLocation.Parse(place));
        Console.WriteLine($"{place} {packed.Descriptor.Digest}");
    }
    return 0;
}
catch (DriftException e)
{
    Console.Error.WriteLine($"{e.Message} {e.Hint}");
    return 1;
}
