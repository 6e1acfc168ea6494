// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

public sealed class ImageLocationTests
{
    [Theory]
    [InlineData("oci:dir", ImageTransport.OciLayout, "dir", null)]
    [InlineData("oci:./a/b:v1", ImageTransport.OciLayout, "./a/b", "v1")]
    [InlineData("oci-archive:/tmp/x.tar", ImageTransport.OciArchive, "/tmp/x.tar", null)]
    [InlineData("oci-archive:x.tar:1.2_3-a", ImageTransport.OciArchive, "x.tar", "1.2_3-a")]
    [InlineData("docker-archive:x.tar", ImageTransport.DockerArchive, "x.tar", null)]
    [InlineData("docker-archive:x.tar:app:1", ImageTransport.DockerArchive, "x.tar", "app:1")]
    [InlineData("docker-archive:x.tar:localhost:5000/me/app:1", ImageTransport.DockerArchive, "x.tar", "localhost:5000/me/app:1")]
    [InlineData("docker-archive:x.tar:localhost:5000/me/app", ImageTransport.DockerArchive, "x.tar", "localhost:5000/me/app")]
    [InlineData("docker-archive:x.tar:latest", ImageTransport.DockerArchive, "x.tar", "latest")]
    [InlineData("docker-daemon:app", ImageTransport.DockerDaemon, "", "app")]
    [InlineData("docker-daemon:localhost:5000/me/app:1", ImageTransport.DockerDaemon, "", "localhost:5000/me/app:1")]
    [InlineData("containers-storage:app:1", ImageTransport.ContainersStorage, "", "app:1")]
    [InlineData("containerd:ghcr.io/me/app:1", ImageTransport.Containerd, "", "ghcr.io/me/app:1")]
    public void Parses_folders_files_and_engines(string text, ImageTransport transport, string path, string? name)
    {
        var location = ImageLocation.Parse(text);
        Assert.Equal((transport, path, name, null), (location.Transport, location.Path, location.Name, location.Reference));
        Assert.Equal(text, location.ToString());
    }

    [Theory]
    [InlineData("alpine", "docker.io/library/alpine:latest")]
    [InlineData("ocicat/x", "docker.io/ocicat/x:latest")]
    [InlineData("localhost:5000/a/b:v1", "localhost:5000/a/b:v1")]
    [InlineData("ghcr.io/a/b@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "ghcr.io/a/b@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Parses_references(string text, string reference)
    {
        var location = ImageLocation.Parse(text);
        Assert.Equal(ImageTransport.Registry, location.Transport);
        Assert.Equal(reference, location.Reference!.ToString());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("oci:", 4)]
    [InlineData("oci::v1", 4)]
    [InlineData("oci:dir:", 8)]
    [InlineData("oci:dir:v1/x", 10)]
    [InlineData("oci:dir:-v1", 8)]
    [InlineData("oci-archive:", 12)]
    [InlineData("oci-archive:x.tar:a:b", 19)]
    [InlineData("docker-archive:", 15)]
    [InlineData("docker-archive:x.tar:", 21)]
    [InlineData("docker-archive:x.tar:Name", 21)]
    [InlineData("docker-archive:x.tar:name:t!", 27)]
    [InlineData("docker-archive:x.tar:a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 22)]
    [InlineData("docker-daemon:", 14)]
    [InlineData("docker-daemon:-app", 14)]
    [InlineData("containers-storage:[overlay@/tmp]app", 28)]
    [InlineData("containerd:--help", 11)]
    [InlineData("containerd:a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 12)]
    [InlineData("ghcr.io/Me/app", 8)]
    public void Shows_where_the_mistake_is(string text, int position)
    {
        var error = Assert.Throws<ReferenceException>(() => ImageLocation.Parse(text));
        Assert.Equal((text, position), (error.Input, error.Position));
        Assert.NotNull(error.Hint);
    }
}
