// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Checks the program that an image runs against the image's platform and files.</summary>
public static class ElfImageValidator
{
    private const int StartLength = 64 * 1024;
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Adds what is wrong with the program of <paramref name="image"/>. An image for something other than Linux is not looked at.</summary>
    public static async Task ValidateAsync(IImageSource source, ValidatedImage image, FindingBag findings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(findings);
        var config = image.Config.Config;
        if (image.Config.OperatingSystem != "linux" || !image.HasReadableLayers) return;
        if ((config?.Entrypoint is { Count: > 0 } entrypoint ? entrypoint : config?.Command) is not { Count: > 0 } command) return;

        var location = image.Part("entrypoint");
        try
        {
            var files = await FlattenedFiles.ReadAsync(source, image.Manifest.Layers, cancellationToken: cancellationToken).ConfigureAwait(false);
            var program = command[0];
            if (Find(files, program, config!) is not { } file)
            {
                findings.Error(FindingId.EntrypointMissing, location, $"The program {program} is not in the image.");
                return;
            }
            if (file.Entry.Type != TarEntryType.File || (file.Entry.Mode & 0b001_001_001) == 0)
            {
                findings.Error(FindingId.EntrypointMode, location, $"/{file.Path} is not a file that may be executed.");
            }
            if (file.Entry.Type != TarEntryType.File) return;
            var start = await ReadStartAsync(source, image.Manifest, file, cancellationToken).ConfigureAwait(false);
            Check(start, file, image.Config.Architecture, files, location, findings);
        }
        catch (DriftException e) when (e.Code == ErrorCode.InvalidContent)
        {
            // A hostile or damaged layer that the layers' own checks let pass.
            findings.Error(FindingId.TarDamaged, location, e.Message);
        }
    }

    private static void Check(byte[] start, FlattenedFile file, string architecture, FlattenedFiles files, string location, FindingBag findings)
    {
        if (start.AsSpan().StartsWith("#!"u8)) return;
        ElfMachine? expected = architecture switch { "amd64" => ElfMachine.X64, "arm64" => ElfMachine.AArch64, _ => null };
        // Other processors' files may be of 32 bits or big-endian, which are not read here.
        if (expected is null) return;
        ElfFile elf;
        try
        {
            elf = ElfFile.Parse(start, file.Entry.Size, "/" + file.Path);
        }
        catch (DriftException e)
        {
            findings.Error(FindingId.EntrypointFormat, location, e.Message);
            return;
        }
        if (elf.Machine != expected)
        {
            findings.Error(FindingId.EntrypointMachine, location, $"/{file.Path} is for {Name(elf.Machine)}; the image is for {architecture}.");
        }
        else if (!elf.IsExecutable)
        {
            findings.Error(FindingId.EntrypointFormat, location, $"/{file.Path} is an ELF file, but no executable.");
        }
        if (elf.Interpreter is { } interpreter && files.Find(interpreter) is null)
        {
            findings.Error(FindingId.InterpreterMissing, location, $"/{file.Path} needs the dynamic linker {interpreter}, which is not in the image.");
        }
        foreach (var defect in ElfDefect.Of(elf, "/" + file.Path)) findings.Warning(defect.Id, location, defect.Message);
    }

    private static FlattenedFile? Find(FlattenedFiles files, string program, ContainerConfig config)
    {
        if (program.StartsWith('/')) return files.Find(program);
        if (program.Contains('/', StringComparison.Ordinal)) return files.Find($"{config.WorkingDirectory}/{program}");
        var path = config.Environment?.LastOrDefault(variable => variable.StartsWith("PATH=", StringComparison.Ordinal))?["PATH=".Length..] ?? DefaultPath;
        return path.Split(':').Take(100).Select(folder => files.Find($"{folder}/{program}")).FirstOrDefault(file => file?.Entry.Type == TarEntryType.File);
    }

    private static async Task<byte[]> ReadStartAsync(IImageSource source, ImageManifest manifest, FlattenedFile file, CancellationToken cancellationToken)
    {
        var reader = await LayerReader.OpenAsync(source, manifest.Layers[file.Layer], cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        for (var i = 0; i <= file.Position; i++) await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var start = new byte[Math.Min(file.Entry.Size, StartLength)];
        var count = 0;
        while (count < start.Length && await reader.ReadContentAsync(start.AsMemory(count), cancellationToken).ConfigureAwait(false) is > 0 and var read) count += read;
        return start[..count];
    }

    private static string Name(ElfMachine machine) => machine switch
    {
        ElfMachine.X64 => "x86-64",
        ElfMachine.AArch64 => "AArch64",
        _ => $"the processor number {(int)machine}",
    };
}
