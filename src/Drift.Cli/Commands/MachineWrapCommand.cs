// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Distribution;
using Drift.Machines;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift machine wrap IMAGE -o FILE.oci</c></summary>
internal sealed class MachineWrapCommand : Command
{
    private static readonly OracleImageOptions Defaults = new();
    private readonly Argument<string> _image = new("IMAGE") { Description = "A cloud image for arm64: a file in qcow2 or raw format" };
    private readonly Option<string> _output = new("--output", "-o") { Description = "The archive to write, FILE.oci", HelpName = "FILE", Required = true };
    private readonly Option<string> _system = new("--operating-system") { Description = "What Oracle shows as the operating system", HelpName = "NAME", DefaultValueFactory = _ => Defaults.OperatingSystem };
    private readonly Option<string> _version = new("--operating-system-version") { Description = "What Oracle shows as its version", HelpName = "VERSION", DefaultValueFactory = _ => Defaults.OperatingSystemVersion };
    private readonly Option<string[]> _shapes = new("--shape") { Description = $"A shape that the image can be used with; may be given several times [default: {OracleImageOptions.ArmShape}]", HelpName = "SHAPE" };
    private readonly ChoiceOption<DiskCompression> _compression = new("--compression", ("zlib", DiskCompression.Zlib), ("zstd", DiskCompression.Zstd), ("none", DiskCompression.None))
    {
        Description = "How the disk is compressed: zlib, zstd (smaller and faster) or none [default: zlib]",
    };
    private readonly Option<bool> _anyway = new("--no-boot-check") { Description = "Wrap also what would not start on an Arm machine at Oracle" };

    public MachineWrapCommand(CliHost host)
        : base("wrap", "Make an .oci archive of a cloud image, which Oracle imports with UEFI, paravirtualised devices and the shape of its Arm machines")
    {
        Arguments.Add(_image);
        Options.Add(_output);
        Options.Add(_system);
        Options.Add(_version);
        Options.Add(_shapes);
        Options.Add(_compression);
        Options.Add(_anyway);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var path = result.GetRequiredValue(_output);
        var options = new OracleImageOptions
        {
            OperatingSystem = result.GetRequiredValue(_system),
            OperatingSystemVersion = result.GetRequiredValue(_version),
            Shapes = result.GetValue(_shapes) is { Length: > 0 } shapes ? [.. shapes.Distinct(StringComparer.Ordinal)] : Defaults.Shapes,
            Compression = result.GetValue(_compression),
        };
        if (path.Length == 0 || Directory.Exists(path)) throw new DriftException(ErrorCode.FileSystem, $"'{path}' is not a file that can be written.", "Name a file with --output, for example debian-12.oci.");
        var image = result.GetRequiredValue(_image);
        if (image.Length > 0 && Path.GetFullPath(path) == Path.GetFullPath(image)) throw new DriftException(ErrorCode.FileSystem, $"{path} is the image itself.", "Name another file with --output.");
        var printer = host.Printer(result);
        var disk = await DiskImage.OpenAsync(image, cancellationToken).ConfigureAwait(false);
        await using var _ = disk.ConfigureAwait(false);
        OracleImage.CheckSize(disk);
        var warnings = new List<string>();
        if (disk is Qcow2Disk { Header.IsDirty: true }) warnings.Add($"{disk.Name} was not closed by what wrote it last: look at it with qemu-img check if that may have been cut off.");
        if (!result.GetValue(_anyway) && await BootCheck.RunAsync(disk, cancellationToken).ConfigureAwait(false) is { } unknown) warnings.Add(unknown);
        foreach (var warning in warnings) printer.Warning(warning);
        using (var progress = host.Progress(result))
        {
            await AtomicFile.WriteAsync(path, async stream => await OracleImage.WriteAsync(disk, stream, options, progress, cancellationToken: cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
        var report = new MachineWrapReport(path, new FileInfo(path).Length, disk.Length, options.OperatingSystem, options.OperatingSystemVersion, options.Shapes, warnings);
        printer.Result(report, static () => OutputJsonContext.Default.MachineWrapReport, () =>
            printer.Line(string.Create(CultureInfo.InvariantCulture, $"{report.Archive}: {report.Size:N0} B, a disk of {report.DiskSize:N0} B with {report.OperatingSystem} {report.OperatingSystemVersion} for {string.Join(", ", report.Shapes)}")));
        return ExitCodes.Ok;
    }
}
