// SPDX-License-Identifier: Apache-2.0

using Drift.Machines;

namespace Drift.Fuzz;

/// <summary>Partition tables and FAT: a boot loader is found, or it is told why not.</summary>
internal sealed class BootTarget() : FuzzTarget("boot")
{
    public override IReadOnlyList<string> Tokens => ["EFI PART", "BOOTAA64EFI", "BOOTX64 EFI", "EFI        ", "BOOT       ", "\x55\xaa", "\u00ee", "\u00ef"];

    public override int BlockSize => DiskFormat.SectorSize;

    public override async Task<string> RunAsync(byte[] input) => await BootCheck.RunAsync(new MemoryDisk(input)) ?? "starts";
}
