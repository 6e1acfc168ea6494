// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux/arm64", "linux/arm64/v8", true)]
    [InlineData("linux/arm64/v8", "linux/arm64", true)]
    [InlineData("linux/arm/v7", "linux/arm", true)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    [InlineData("linux/amd64", "linux/arm64", false)]
    [InlineData("windows/amd64", "linux/amd64", false)]
    public void An_image_serves_a_platform(string image, string wanted, bool expected) =>
        Assert.Equal(expected, Platform.Parse(image).Serves(Platform.Parse(wanted)));

    [Theory]
    [InlineData("linux")]
    [InlineData("linux/")]
    [InlineData("linux/amd64/v1/x")]
    [InlineData("linux/am d64")]
    public void What_is_not_a_platform_is_refused(string text) => Assert.Throws<ReferenceException>(() => Platform.Parse(text));
}
