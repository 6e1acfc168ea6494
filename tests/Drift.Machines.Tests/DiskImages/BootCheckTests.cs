// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>Disks are refused that an Arm machine at Oracle would not start from.</summary>
public sealed class BootCheckTests : IDisposable
{
    private const string Gpt = "label: gpt\n%ESP%, type=uefi\ntype=linux\n";
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Gpt, "-F 12", 3)]
    [InlineData(Gpt, "-F 16", 20)]
    [InlineData(Gpt, "-F 32 -s 1", 40)]
    [InlineData("label: dos\nstart=2000, size=8\n%ESP%, type=ef\n", "-F 16", 20)]
    public async Task A_disk_with_a_boot_loader_for_arm_is_fine(string table, string fat, int megabytes) =>
        Assert.Null(await CheckAsync(await BootDisk.CreateAsync(_folder.Combine("disk.raw"), table, fat, espMegabytes: megabytes)));

    [Theory]
    [InlineData("label: dos\n%ESP%, type=83, bootable\n", "", "", "has an MBR for BIOS")]
    [InlineData("label: gpt\n%ESP%, type=linux\n", "", "", "has no EFI system partition")]
    [InlineData(Gpt, "-F 16", "", "has no boot loader at EFI/BOOT/BOOTAA64.EFI")]
    [InlineData(Gpt, "-F 32 -s 1", "GRUBAA64.EFI", "has no boot loader at EFI/BOOT/BOOTAA64.EFI")]
    [InlineData(Gpt, "-F 16", "BOOTX64.EFI", "is for x86-64")]
    public async Task A_disk_that_would_not_start_is_refused(string table, string fat, string loader, string problem)
    {
        var disk = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), table, fat.Length > 0 ? fat : null, loader.Length > 0 ? loader : null, espMegabytes: fat.Contains("32", StringComparison.Ordinal) ? 40 : 20);
        var error = await Assert.ThrowsAsync<DriftException>(() => CheckAsync(disk));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("--no-boot-check wraps it as it is.", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_system_that_cannot_be_read_is_told() =>
        Assert.Contains("whether a boot loader is there is not known", await CheckAsync(await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt, fat: null)), StringComparison.Ordinal);

    [Fact]
    public async Task A_disk_that_was_cut_is_refused()
    {
        var disk = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt);
        await using (var file = File.OpenWrite(disk)) file.SetLength(15 * 1024 * 1024);
        Assert.Contains("the image is cut", (await Assert.ThrowsAsync<DriftException>(() => CheckAsync(disk))).Message, StringComparison.Ordinal);
    }

    private static async Task<string?> CheckAsync(string path)
    {
        await using var disk = await DiskImage.OpenAsync(path, TestContext.Current.CancellationToken);
        return await BootCheck.RunAsync(disk, TestContext.Current.CancellationToken);
    }
}
