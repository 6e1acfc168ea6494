// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

public sealed class ContainerConfigTests
{
    [Fact]
    public void Ports_variables_and_labels_are_added_to_those_that_are_there()
    {
        var config = new ContainerConfig { ExposedPorts = ["53/udp"], Environment = ["A=1", "B=2"], Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "1" } }
            .WithPort(8080).WithPort(8080).WithPort(53, "udp").WithVariable("A", "3").WithVariable("C", "4").WithLabel("a", "2").WithLabel("b", "3");
        Assert.Equal(["53/udp", "8080/tcp"], config.ExposedPorts!);
        Assert.Equal(["A=3", "B=2", "C=4"], config.Environment!);
        Assert.Equal(["a=2", "b=3"], config.Labels!.Select(label => $"{label.Key}={label.Value}"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    public void A_port_that_is_none_is_refused(int port) => Assert.Throws<ArgumentOutOfRangeException>(() => new ContainerConfig().WithPort(port));
}
