// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>What Oracle is told of an image.</summary>
internal sealed record OracleImageOptions
{
    /// <summary>The shape that Arm machines have there.</summary>
    public const string ArmShape = "VM.Standard.A1.Flex";

    /// <summary>The operating system's name.</summary>
    public string OperatingSystem { get; init; } = "Debian";

    /// <summary>The operating system's version.</summary>
    public string OperatingSystemVersion { get; init; } = "12";

    /// <summary>The shapes that can be chosen for the image, without which there is none.</summary>
    public IReadOnlyList<string> Shapes { get; init; } = [ArmShape];

    /// <summary>How the disk is written.</summary>
    public DiskCompression Compression { get; init; } = DiskCompression.Zlib;
}
