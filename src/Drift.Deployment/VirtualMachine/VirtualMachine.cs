// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A Linux machine with Docker, reached by the system's own <c>ssh</c>, that runs applications which Drift deploys.</summary>
public sealed class VirtualMachine : IAsyncDisposable
{
    private readonly SshConnection _connection;
    private readonly DockerClient _docker;

    private VirtualMachine(SshConnection connection, DockerClient docker)
    {
        _connection = connection;
        _docker = docker;
    }

    /// <summary>The machine.</summary>
    public SshHost Host => _connection.Host;

    /// <summary>What its images must be for.</summary>
    public Platform Platform => new() { OperatingSystem = "linux", Architecture = _docker.Architecture! };

    /// <summary>Connects to the machine and its engine.</summary>
    /// <exception cref="DriftException">It cannot be reached, shows another host key, or has no engine of use.</exception>
    public static async Task<VirtualMachine> ConnectAsync(SshHost host, SshSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        var connection = await SshConnection.OpenAsync(host, settings, cancellationToken).ConfigureAwait(false);
        var docker = new DockerClient(host, () => connection.Start("exec docker system dial-stdio"));
        try
        {
            await docker.NegotiateAsync(cancellationToken).ConfigureAwait(false);
            return new VirtualMachine(connection, docker);
        }
        catch
        {
            docker.Dispose();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The name of the only application that was deployed here.</summary>
    /// <exception cref="DriftException">There is none, or there are several.</exception>
    public async Task<string> FindAppAsync(CancellationToken cancellationToken = default)
    {
        var session = await SwitchSession.OpenAsync(_connection, "drift", cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        return await session.SendAsync("apps", cancellationToken).ConfigureAwait(false) switch
        {
            [var only] => only,
            [] => throw new DriftException(ErrorCode.NotFound, $"Nothing was deployed on {Host}.", $"Deploy something with drift deploy vm {Host}."),
            var several => throw new DriftException(ErrorCode.NotFound, $"{Host} has several applications: {string.Join(", ", several)}.", "Choose one with --name."),
        };
    }

    /// <summary>Makes an image answer at an application's port. One that answers already is left as it is.</summary>
    /// <exception cref="DriftException">It did not become healthy, or something else failed; the version before it answers.</exception>
    public async Task<VmResult> DeployAsync(VmImage image, VmSettings settings, IProgress<VmStep> steps, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(steps);
        await image.SelectAsync(Platform, cancellationToken).ConfigureAwait(false);
        var digest = image.Root.Digest.ToString();
        var snapshot = await ReadAsync(settings.App, cancellationToken).ConfigureAwait(false);
        if (await IsUnchangedAsync(snapshot, digest, settings, cancellationToken).ConfigureAwait(false)) return ResultOf(snapshot.State!, "unchanged", digest, settings.App);
        if (settings.DryRun) return Planned(snapshot, digest, settings);

        steps.Report(new VmStep(Host.ToString(), "lock", "waiting for whoever else deploys"));
        var session = await LockAsync(settings, $"deploy {image.Reference} {digest}", cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        var rollout = new Rollout(_connection, _docker, session, settings, steps);
        snapshot = await VmSnapshot.ReadAsync(session, cancellationToken).ConfigureAwait(false);
        var state = await rollout.PrepareAsync(snapshot, cancellationToken).ConfigureAwait(false);
        // It may be what answers now that a deployment which was cut off is completed.
        if (await IsUnchangedAsync(await VmSnapshot.ReadAsync(session, cancellationToken).ConfigureAwait(false), digest, settings, cancellationToken).ConfigureAwait(false)) return ResultOf(state, "unchanged", digest, settings.App);

        rollout.Tell("pull", image.Repository is null ? "the image is sent" : $"{image.Repository} is pulled by its digest");
        await rollout.Images.RunAsync(image, Platform, cancellationToken).ConfigureAwait(false);
        var release = new VmRelease
        {
            Reference = image.Reference,
            Digest = digest,
            Image = ImageFetch.NameOf(image, settings.App),
            Repository = image.Repository,
            Colour = VmRepair.Idle(state),
            Time = TimeProvider.System.GetUtcNow(),
            Who = settings.Who,
            Environment = settings.Environment,
        };
        return await rollout.RunAsync(state, release, reuse: false, "deployed", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an earlier release answer again: by its container, which was kept, or else by its digest.</summary>
    /// <param name="steps">How many releases to go back, from 1.</param>
    /// <param name="settings">How.</param>
    /// <param name="open">Opens an image that the machine has not kept.</param>
    /// <param name="progress">Takes the steps.</param>
    /// <param name="cancellationToken">Stops it, and goes back.</param>
    /// <exception cref="DriftException">There is no such release, or it did not become healthy; the version before answers.</exception>
    public async Task<VmResult> RollBackAsync(int steps, VmSettings settings, Func<ImageReference, CancellationToken, Task<VmImage>> open, IProgress<VmStep> progress, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(progress);
        progress.Report(new VmStep(Host.ToString(), "lock", "waiting for whoever else deploys"));
        var session = await LockAsync(settings, $"roll back by {steps}", cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        var rollout = new Rollout(_connection, _docker, session, settings, progress);
        var snapshot = await VmSnapshot.ReadAsync(session, cancellationToken).ConfigureAwait(false);
        if (snapshot.State is null) throw NotDeployed(settings.App);
        var state = await rollout.PrepareAsync(snapshot, cancellationToken).ConfigureAwait(false);
        if (steps >= state.History.Count) throw new DriftException(ErrorCode.NotFound, $"{settings.App} on {Host} has {state.History.Count} releases: one cannot go back by {steps}.", $"List them with drift status vm {Host}.");

        var idle = VmRepair.Idle(state);
        var target = state.History[steps];
        var kept = await _docker.FindContainerAsync(AppContainers.NameOf(settings.App, idle), cancellationToken).ConfigureAwait(false);
        var reuse = target.Colour == idle && kept?.Digest == target.Digest && !state.History.Take(steps).Any(later => later.Colour == idle);
        if (!reuse && !await rollout.Images.HasAsync(target.Image, cancellationToken).ConfigureAwait(false))
        {
            if (target.Repository is null) throw new DriftException(ErrorCode.NotFound, $"The image {target.Digest}, which was sent to {Host}, is not kept there any more.", "Deploy it again with drift deploy vm --no-registry.");
            rollout.Tell("pull", $"{target.Repository} is pulled by its digest");
            var image = await open(ImageReference.Parse($"{target.Repository}@{target.Digest}"), cancellationToken).ConfigureAwait(false);
            await rollout.Images.RunAsync(image, Platform, cancellationToken).ConfigureAwait(false);
        }
        var release = target with { Colour = idle, Time = TimeProvider.System.GetUtcNow(), Who = settings.Who };
        return await rollout.RunAsync(state, release, reuse, "rolled-back", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What an application is, and what it should be.</summary>
    /// <exception cref="DriftException">It was never deployed here.</exception>
    public async Task<VmStatus> StatusAsync(string app, string healthPath = "/health", CancellationToken cancellationToken = default)
    {
        var snapshot = await ReadAsync(app, cancellationToken).ConfigureAwait(false);
        if (snapshot.State is not { Current: { } current } state) throw NotDeployed(app);
        var colour = state.Mode == VmMode.Switch ? snapshot.ActiveColour : current.Colour;
        var container = colour is { } one ? await FindAsync(app, one, cancellationToken).ConfigureAwait(false) : null;
        var idle = await FindAsync(app, VmRepair.Idle(state), cancellationToken).ConfigureAwait(false);
        var problem = await new HttpProbe(_connection, healthPath).AskAsync(state.Front, cancellationToken).ConfigureAwait(false);
        return new VmStatus(Host.ToString(), app, state.Mode, state.Front, current.Digest, container?.Digest, container?.ToString() ?? "no container", problem ?? "OK",
            VmRepair.IsClean(snapshot, idle), state.Mode == VmMode.Replace || snapshot.ReadsAtBoot, state.History);
    }

    /// <summary>Passes on what an application prints.</summary>
    /// <param name="app">The application.</param>
    /// <param name="follow">Whether to go on until it ends.</param>
    /// <param name="tail">How many of the lines that it has printed; null for all.</param>
    /// <param name="output">Takes a line.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task ReadLogAsync(string app, bool follow, int? tail, Action<string> output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        var snapshot = await ReadAsync(app, cancellationToken).ConfigureAwait(false);
        var colour = snapshot.ActiveColour ?? snapshot.State?.Current?.Colour ?? throw NotDeployed(app);
        var log = await _docker.OpenLogsAsync(AppContainers.NameOf(app, colour), follow, tail, cancellationToken).ConfigureAwait(false);
        await using var _ = log.ConfigureAwait(false);
        await ContainerLog.ReadAsync(log, output, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _docker.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<VmSnapshot> ReadAsync(string app, CancellationToken cancellationToken)
    {
        var session = await SwitchSession.OpenAsync(_connection, app, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        return await VmSnapshot.ReadAsync(session, cancellationToken).ConfigureAwait(false);
    }

    private Task<SwitchSession> LockAsync(VmSettings settings, string wants, CancellationToken cancellationToken)
    {
        var visitor = new VmVisitor(settings.Who, wants, TimeProvider.System.GetUtcNow());
        return SwitchSession.LockAsync(_connection, settings.App, JsonSerializer.Serialize(visitor, VmJsonContext.Default.VmVisitor), settings.Wait, cancellationToken);
    }

    private Task<EngineState?> FindAsync(string app, Colour colour, CancellationToken cancellationToken) => _docker.FindContainerAsync(AppContainers.NameOf(app, colour), cancellationToken);

    /// <summary>Whether this digest answers already, in the way that is asked for, and nothing is left to put right.</summary>
    private async Task<bool> IsUnchangedAsync(VmSnapshot snapshot, string digest, VmSettings settings, CancellationToken cancellationToken)
    {
        if (snapshot.State is not { Current: { } current } state || current.Digest != digest || !current.Environment.SequenceEqual(settings.Environment, StringComparer.Ordinal)) return false;
        if ((settings.Front ?? state.Front) != state.Front || (settings.Mode ?? state.Mode) != state.Mode) return false;
        if (!VmRepair.IsClean(snapshot, await FindAsync(settings.App, VmRepair.Idle(state), cancellationToken).ConfigureAwait(false))) return false;
        return await FindAsync(settings.App, current.Colour, cancellationToken).ConfigureAwait(false) is { IsRunning: true } running && running.Digest == digest
            && await new HttpProbe(_connection, settings.HealthPath).AskAsync(state.Front, cancellationToken).ConfigureAwait(false) is null;
    }

    private VmResult ResultOf(VmState state, string outcome, string digest, string app) =>
        new(Host.ToString(), app, outcome, digest, state.History.Skip(1).FirstOrDefault()?.Digest, state.Front, state.Current is { } current ? state.PortOf(current.Colour) : state.Blue);

    private VmResult Planned(VmSnapshot snapshot, string digest, VmSettings settings) =>
        new(Host.ToString(), settings.App, "planned", digest, snapshot.State?.Current?.Digest, settings.Front ?? snapshot.State?.Front ?? 80, snapshot.State is { } state ? state.PortOf(VmRepair.Idle(state)) : 0);

    private DriftException NotDeployed(string app) => new(ErrorCode.NotFound, $"{app} is not deployed on {Host}.", "Name it with --name, or deploy it with drift deploy vm.");
}
