// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// Brings a release to answer at an application's port. Until the switch the version before it is not touched; after the switch it stays until the new one
/// has proved itself, and is switched back to when it does not.
/// </summary>
internal sealed class Rollout
{
    private const int RememberedReleases = 20;
    // What must be done after a failure is not cut off by Ctrl-C, and does not take forever.
    private static readonly TimeSpan WayBackPatience = TimeSpan.FromSeconds(60);

    private readonly SshConnection _connection;
    private readonly DockerClient _docker;
    private readonly SwitchSession _session;
    private readonly VmSettings _settings;
    private readonly IProgress<VmStep> _steps;
    private readonly AppContainers _containers;
    private readonly HttpProbe _probe;
    private readonly HealthGate _gate;
    private readonly Dictionary<string, double> _seconds = new(StringComparer.Ordinal);
    private (string Name, long Started)? _step;
    private VmState? _before;

    public Rollout(SshConnection connection, DockerClient docker, SwitchSession session, VmSettings settings, IProgress<VmStep> steps)
    {
        (_connection, _docker, _session, _settings, _steps) = (connection, docker, session, settings, steps);
        _containers = new AppContainers(docker, settings.App);
        _probe = new HttpProbe(connection, settings.HealthPath);
        _gate = new HealthGate(_containers, _probe, settings.App);
        Images = new ImageFetch(connection.Host, docker, session, settings.App);
    }

    public ImageFetch Images { get; }

    private PortPlan Ports => new(_connection.Host, _session);

    private VmRepair Repair => new(_session, _containers, _probe, _settings, Tell);

    /// <summary>What is there, put right; or the notes of an application that is new here.</summary>
    /// <exception cref="DriftException">The machine lacks something, or a port is taken.</exception>
    public async Task<VmState> PrepareAsync(VmSnapshot snapshot, CancellationToken cancellationToken)
    {
        var mode = _settings.Mode ?? snapshot.State?.Mode ?? VmMode.Switch;
        if (mode == VmMode.Switch && !snapshot.HasNft)
        {
            throw new DriftException(ErrorCode.HostNotReady, $"{_connection.Host} has no nft, without which two versions cannot share a port.", "Install nftables there, or accept a gap at each deployment with --mode replace.");
        }
        if (mode == VmMode.Switch && !snapshot.ReadsAtBoot) Tell("note", $"{_connection.Host} does not read /etc/nftables.d when it starts: add include \"/etc/nftables.d/*.nft\" to its /etc/nftables.conf and enable nftables.service, or the service is gone after a reboot");
        if (snapshot.State is not { } state) return await Ports.ChooseAsync(snapshot, _settings.Front, mode, cancellationToken).ConfigureAwait(false);
        if (state.Mode != mode && state.Current is not null)
        {
            throw new DriftException(ErrorCode.InvalidSetting, $"{_settings.App} on {_connection.Host} was deployed with --mode {state.Mode.ToString().ToLowerInvariant()}.", "Keep the mode, or choose another --name.");
        }
        state = await Repair.RunAsync(snapshot, cancellationToken).ConfigureAwait(false);
        _before = state;
        var front = _settings.Front ?? state.Front;
        if (front != state.Front) await Ports.CheckAsync(snapshot, front, cancellationToken).ConfigureAwait(false);
        return state with { Front = front, Mode = mode };
    }

    /// <summary>Makes a release answer.</summary>
    /// <param name="state">What is there.</param>
    /// <param name="release">What is to be.</param>
    /// <param name="reuse">Whether its container is there already, stopped.</param>
    /// <param name="outcome"><c>deployed</c> or <c>rolled-back</c>.</param>
    /// <param name="cancellationToken">Stops it, and goes back.</param>
    public async Task<VmResult> RunAsync(VmState state, VmRelease release, bool reuse, string outcome, CancellationToken cancellationToken)
    {
        var switched = false;
        try
        {
            state = state.Mode == VmMode.Switch
                ? await SwitchAsync(state, release, reuse, () => switched = true, cancellationToken).ConfigureAwait(false)
                : await ReplaceAsync(state, release, reuse, () => switched = true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await GoBackAsync(_before ?? state, release, switched, e).ConfigureAwait(false);
            throw;
        }
        var previous = state.History.Skip(1).FirstOrDefault();
        if (previous is not null && state.Mode == VmMode.Switch)
        {
            Tell("drain", $"{previous.Digest} finishes the connections that it has");
            await new VmDrain(_session, _containers).RunAsync(state, previous.Colour, _settings.Drain, cancellationToken).ConfigureAwait(false);
        }
        await PruneAsync(state, cancellationToken).ConfigureAwait(false);
        Tell("done", $"{release.Reference} ({release.Digest}) answers at port {state.Front}");
        await AuditAsync(previous?.Digest, release.Digest, outcome, null, cancellationToken).ConfigureAwait(false);
        return new VmResult(_connection.Host.ToString(), _settings.App, outcome, release.Digest, previous?.Digest, state.Front, state.PortOf(release.Colour));
    }

    /// <summary>Says which step begins.</summary>
    public void Tell(string name, string text)
    {
        var now = TimeProvider.System.GetTimestamp();
        if (_step is { } last) _seconds[last.Name] = Math.Round(_seconds.GetValueOrDefault(last.Name) + TimeProvider.System.GetElapsedTime(last.Started, now).TotalSeconds, 3);
        _step = (name, now);
        _steps.Report(new VmStep(_connection.Host.ToString(), name, text));
    }

    private async Task<VmState> SwitchAsync(VmState state, VmRelease release, bool reuse, Action switched, CancellationToken cancellationToken)
    {
        var port = state.PortOf(release.Colour);
        Tell("start", $"{release.Digest} starts at port {port}");
        if (!reuse) await _containers.CreateAsync(release.Colour, ContainerSettings.OnHost(release, _settings.App, port, _settings.Memory, await Images.HasUserAsync(release.Image, cancellationToken).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
        await _containers.SetRestartAsync(release.Colour, comesBack: false, cancellationToken).ConfigureAwait(false);
        await _containers.StartAsync(release.Colour, cancellationToken).ConfigureAwait(false);
        Tell("health", $"waiting until {_settings.HealthPath} answers 200 there");
        await _gate.PassAsync(release.Colour, port, _settings.HealthTimeout, cancellationToken).ConfigureAwait(false);
        await _containers.SetRestartAsync(release.Colour, comesBack: true, cancellationToken).ConfigureAwait(false);

        var door = new FrontDoor(_connection, state.Front, _settings.HealthPath);
        var wasOpen = state.Current is not null && await door.AskAsync(cancellationToken).ConfigureAwait(false) == HttpStatusCode.OK;
        await WriteAsync(state with { Journal = release }, cancellationToken).ConfigureAwait(false);
        Tell("switch", $"new connections to port {state.Front} go to port {port}");
        switched();
        await VmRepair.SwitchAsync(_session, state, release.Colour, cancellationToken).ConfigureAwait(false);

        Tell("verify", string.Create(CultureInfo.InvariantCulture, $"watching port {state.Front} for {_settings.Watch.TotalSeconds:0} s"));
        var status = await door.AskAsync(cancellationToken).ConfigureAwait(false);
        if (wasOpen && status != HttpStatusCode.OK)
        {
            throw new DriftException(ErrorCode.NotHealthy, $"Port {state.Front} of {_connection.Host} answered from here before the switch, and {(status is null ? "does not" : $"says {(int)status}")} after it.", $"Let the machine's firewall accept what is redirected: ct status dnat accept, or ports {state.Blue} and {state.Green}.");
        }
        if (status != HttpStatusCode.OK) Tell("note", $"port {state.Front} {(status is null ? "cannot be reached" : $"answers {(int)status}")} from here; it is watched from the machine only");
        await _gate.WatchAsync(release.Colour, state.Front, _settings.Watch, cancellationToken).ConfigureAwait(false);
        return await CommitAsync(state, release, cancellationToken).ConfigureAwait(false);
    }

    private async Task<VmState> ReplaceAsync(VmState state, VmRelease release, bool reuse, Action switched, CancellationToken cancellationToken)
    {
        if (!reuse) await _containers.CreateAsync(release.Colour, ContainerSettings.Published(release, _settings.App, state.Front, _settings.Memory, await Images.HasUserAsync(release.Image, cancellationToken).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
        await WriteAsync(state with { Journal = release }, cancellationToken).ConfigureAwait(false);
        switched();
        if (state.Current is { } current)
        {
            Tell("stop", $"{current.Digest} is stopped: from here on nothing answers at port {state.Front}");
            await _containers.StopAsync(current.Colour, cancellationToken).ConfigureAwait(false);
        }
        Tell("start", $"{release.Digest} starts at port {state.Front}");
        await _containers.StartAsync(release.Colour, cancellationToken).ConfigureAwait(false);
        Tell("health", $"waiting until {_settings.HealthPath} answers 200 there");
        await _gate.PassAsync(release.Colour, state.Front, _settings.HealthTimeout, cancellationToken).ConfigureAwait(false);
        Tell("verify", string.Create(CultureInfo.InvariantCulture, $"watching port {state.Front} for {_settings.Watch.TotalSeconds:0} s"));
        await _gate.WatchAsync(release.Colour, state.Front, _settings.Watch, cancellationToken).ConfigureAwait(false);
        await _containers.SetRestartAsync(release.Colour, comesBack: true, cancellationToken).ConfigureAwait(false);
        return await CommitAsync(state, release, cancellationToken).ConfigureAwait(false);
    }

    private async Task<VmState> CommitAsync(VmState state, VmRelease release, CancellationToken cancellationToken)
    {
        state = state with { History = [.. state.History.Prepend(release).Take(RememberedReleases)], Journal = null };
        Tell("commit", $"{release.Digest} is noted");
        await WriteAsync(state, cancellationToken).ConfigureAwait(false);
        return state;
    }

    /// <summary>After a failure: the version before answers, and nothing of the new one is left.</summary>
    private async Task GoBackAsync(VmState state, VmRelease release, bool switched, Exception failure)
    {
        using var limit = new CancellationTokenSource(WayBackPatience);
        try
        {
            if (switched)
            {
                Tell("back", state.Current is { } old ? $"back to {old.Digest}" : "nothing was there before, so nothing answers");
                if (state.Mode == VmMode.Switch)
                {
                    if (state.Current is { } current) await VmRepair.SwitchAsync(_session, state, current.Colour, limit.Token).ConfigureAwait(false);
                    else await _session.SendAsync("close", limit.Token).ConfigureAwait(false);
                }
                else
                {
                    await _containers.StopAsync(release.Colour, limit.Token).ConfigureAwait(false);
                    if (state.Current is { } current) await _containers.StartAsync(current.Colour, limit.Token).ConfigureAwait(false);
                }
            }
            await _containers.RemoveAsync(release.Colour, limit.Token).ConfigureAwait(false);
            if (switched) await WriteAsync(state with { Journal = null }, limit.Token).ConfigureAwait(false);
            await AuditAsync(state.Current?.Digest, release.Digest, switched ? "went-back" : "failed", failure.Message, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DriftException or OperationCanceledException)
        {
            // What is left undone, the next deployment finds; what failed first is what counts.
            _steps.Report(new VmStep(_connection.Host.ToString(), "note", $"not everything could be put back: {e.Message} Run the same command again."));
        }
    }

    /// <summary>Removes the images of releases that are too old, and no others.</summary>
    private async Task PruneAsync(VmState state, CancellationToken cancellationToken)
    {
        var images = state.History.Select(release => release.Image).Distinct(StringComparer.Ordinal).ToArray();
        var old = images.Skip(Math.Max(2, _settings.Keep)).ToArray();
        if (old.Length > 0) Tell("prune", $"keeping {images.Length - old.Length} images");
        foreach (var image in old) await _docker.RemoveImageAsync(image, cancellationToken).ConfigureAwait(false);
    }

    private Task<IReadOnlyList<string>> WriteAsync(VmState state, CancellationToken cancellationToken) => _session.SendAsync($"write {state.ToJson()}", cancellationToken);

    private Task<IReadOnlyList<string>> AuditAsync(string? from, string to, string result, string? error, CancellationToken cancellationToken)
    {
        var audit = new VmAudit(TimeProvider.System.GetUtcNow(), _settings.Who, from, to, result, _seconds, error is { Length: > 2000 } ? error[..2000] : error);
        return _session.SendAsync("audit " + JsonSerializer.Serialize(audit, VmJsonContext.Default.VmAudit), cancellationToken);
    }
}
