// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>Makes disks with a partition table and an EFI system partition, by the tools that installers use.</summary>
internal static class BootDisk
{
    private const int Sector = 512, EspStart = 2048;

    /// <summary>Makes a raw disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="table">What sfdisk is told: %ESP% stands for where that partition is.</param>
    /// <param name="fat">Options of mkfs.vfat; null for no file system.</param>
    /// <param name="loader">The name of the boot loader in EFI/BOOT; null for none.</param>
    /// <param name="espMegabytes">The size of the EFI system partition in MiB.</param>
    public static async Task<string> CreateAsync(string path, string table, string? fat = "-F 16", string? loader = "BOOTAA64.EFI", int espMegabytes = 20)
    {
        var sectors = espMegabytes * 1024 * 1024 / Sector;
        await using (var disk = File.Create(path)) disk.SetLength((long)(espMegabytes + 44) * 1024 * 1024);
        await RunAsync("sfdisk", ["--quiet", path], table.Replace("%ESP%", $"start={EspStart}, size={sectors}", StringComparison.Ordinal));
        if (fat is null) return path;
        var esp = path + ".esp";
        await using (var file = File.Create(esp)) file.SetLength((long)sectors * Sector);
        await RunAsync("mkfs.vfat", [.. fat.Split(' '), esp]);
        await RunAsync("mmd", ["-i", esp, "::/EFI", "::/EFI/BOOT", "::/EFI/debian"]);
        // The folder is longer than a cluster, and the loader is at its end.
        var others = Directory.CreateDirectory(path + ".others");
        for (var i = 0; i < 80; i++) await File.WriteAllTextAsync(Path.Combine(others.FullName, $"a module of grub {i}.mod"), "");
        await RunAsync("mcopy", ["-i", esp, .. others.GetFiles().Select(file => file.FullName), "::/EFI/BOOT/"]);
        if (loader is not null) await RunAsync("mcopy", ["-i", esp, ProcessPath, $"::/EFI/BOOT/{loader}"]);
        await RunAsync("dd", [$"if={esp}", $"of={path}", $"bs={Sector}", $"seek={EspStart}", "conv=notrunc,sparse"]);
        File.Delete(esp);
        others.Delete(recursive: true);
        return path;
    }

    // Some file.
    private static string ProcessPath => Need.Program("true");

    private static async Task RunAsync(string program, IEnumerable<string> arguments, string? input = null) =>
        (await ProcessRun.RunAsync(Need.Program(program), arguments, input, cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
}
