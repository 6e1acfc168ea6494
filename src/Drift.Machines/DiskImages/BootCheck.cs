// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines;

/// <summary>Whether a disk looks like one that an Arm machine at Oracle starts from: by UEFI, which knows nothing of the disk but one path.</summary>
internal static class BootCheck
{
    private static readonly string[] Folder = ["EFI        ", "BOOT       "];

    /// <summary>Looks at the partitions and at the boot loader's path.</summary>
    /// <returns>What could not be looked at; null when all could.</returns>
    /// <exception cref="DriftException">The disk would not start.</exception>
    public static async ValueTask<string?> RunAsync(IDiskSource disk, CancellationToken cancellationToken = default)
    {
        var partition = await PartitionTable.FindEfiSystemAsync(disk, cancellationToken).ConfigureAwait(false);
        if (await FatVolume.OpenAsync(disk, partition, cancellationToken).ConfigureAwait(false) is not { } volume) return $"The EFI system partition of {disk.Name} has no FAT file system that Drift can read: whether a boot loader is there is not known.";
        if (await volume.ContainsAsync([.. Folder, "BOOTAA64EFI"], cancellationToken).ConfigureAwait(false)) return null;
        throw await volume.ContainsAsync([.. Folder, "BOOTX64 EFI"], cancellationToken).ConfigureAwait(false)
            ? Unbootable($"{disk.Name} is for x86-64: its boot loader is EFI/BOOT/BOOTX64.EFI", "Take the image for arm64.")
            : Unbootable($"{disk.Name} has no boot loader at EFI/BOOT/BOOTAA64.EFI, the only place where the firmware looks", "Install it there with grub-install --removable, on the machine that the image is made of.");
    }

    /// <summary>The error for a disk that would not start.</summary>
    public static DriftException Unbootable(string problem, string hint) => new(ErrorCode.InvalidDiskImage, $"An Arm machine at Oracle would not start: {problem}.", $"{hint} --no-boot-check wraps it as it is.");
}
