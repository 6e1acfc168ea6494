// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Net;
using Drift.Registry;

namespace Drift.Cli;

/// <summary><c>drift registry serve</c></summary>
internal sealed class RegistryServeCommand : Command
{
    private readonly Option<int> _port = CommonOptions.Port(5000);
    private readonly Option<string?> _storage = RegistryServeOptions.Storage();
    private readonly RegistryAccessOptions _access = new();
    private readonly ObjectStorageOptions _objects = new();
    private readonly Option<Uri?> _upstream = RegistryServeOptions.Upstream();
    private readonly SizeOption _quota = new("--quota", "The most that may be stored; pushes beyond it are refused [default: no limit]");
    private readonly Option<bool> _readOnly = new("--read-only") { Description = "Refuse pushes and deletions; the folder is not written to" };
    private readonly TimeOption _interval = new("--gc-interval", "How often to delete what no manifest needs [default: never; see drift registry gc]");
    private readonly TimeOption _grace = new("--gc-grace", "Leave what was asked for within this time [default: 1h]");
    private readonly TimeOption _drain = new("--drain", "How long requests may go on after SIGTERM or Ctrl-C [default: 10s]");

    private readonly Option<bool> _metrics = new("--metrics") { Description = "Answer /metrics, for Prometheus" };
    private readonly Option<LogFormat> _log = RegistryServeOptions.Log();

    public RegistryServeCommand(CliHost host)
        : base("serve", "Serve images until Ctrl-C")
    {
        foreach (var option in (Option[])[_port, _storage, _upstream, _quota, _readOnly, _interval, _grace, _drain, _metrics, _log]) Options.Add(option);
        _objects.AddAllTo(this);
        _access.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var storage = RegistryServeOptions.StorageOf(result.GetValue(_storage), host);
        var printer = host.Printer(result);
        var log = new ServerLog(result.GetValue(_log), host.Error);
        await using var written = log.ConfigureAwait(false);
        var options = _access.Apply(new RegistryOptions
        {
            StorageDirectory = storage,
            Objects = _objects.Read(result, host),
            Port = result.GetValue(_port),
            Upstream = result.GetValue(_upstream),
            Quota = result.GetValue(_quota),
            ReadOnly = result.GetValue(_readOnly),
            GarbageInterval = result.GetValue(_interval) is { Ticks: > 0 } interval ? interval : null,
            GarbageGrace = result.GetValue(_grace) ?? TimeSpan.FromHours(1),
            ShutdownTimeout = result.GetValue(_drain) ?? TimeSpan.FromSeconds(10),
            Metrics = result.GetValue(_metrics),
            RequestLog = result.GetValue(_log) == LogFormat.Problems ? null : log.Add,
            LoggerFactory = log,
        }, result, printer);
        var server = await RegistryServer.StartAsync(options, cancellationToken).ConfigureAwait(false);
        await using var running = server.ConfigureAwait(false);
        var report = new ServeReport(HostOf(server, options.Address), storage);
        printer.Result(report, static () => OutputJsonContext.Default.ServeReport, () => printer.Line($"{report.Address} serves {report.Storage}; its page is {server.Address.Scheme}://{report.Address}/"));
        await server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        // Ctrl-C is how a server ends.
        return ExitCodes.Ok;
    }

    // All addresses of this machine have none that could be asked for.
    private static string HostOf(RegistryServer server, IPAddress address) => IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        ? $"localhost:{server.Port}"
        : new IPEndPoint(address, server.Port).ToString();
}
