// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;

namespace Drift.Deployment;

/// <summary>
/// Puts right what a deployment that was cut off has left. What nft does now is the truth, for that is what clients see; the notes follow it.
/// </summary>
internal sealed class VmRepair(SwitchSession session, AppContainers containers, HttpProbe probe, VmSettings settings, Action<string, string> tell)
{
    /// <summary>Whether the machine is as the last deployment meant to leave it.</summary>
    public static bool IsClean(VmSnapshot snapshot, EngineState? idle) =>
        snapshot.State is { Journal: null, Current: { } current, Mode: var mode } && idle is not { IsRunning: true }
        && (mode == VmMode.Replace || (snapshot.ActiveColour == current.Colour && snapshot.Saved == snapshot.Active));

    /// <summary>Repairs, and returns the notes as they are then.</summary>
    public async Task<VmState> RunAsync(VmSnapshot snapshot, CancellationToken cancellationToken)
    {
        var state = snapshot.State!;
        var before = state;
        state = state.Mode == VmMode.Switch
            ? await FollowAsync(snapshot, state, cancellationToken).ConfigureAwait(false)
            : await RestoreAsync(state, cancellationToken).ConfigureAwait(false);
        await StopIdleAsync(state, cancellationToken).ConfigureAwait(false);
        if (state.Journal is not null) state = state with { Journal = null };
        if (state != before) await session.SendAsync($"write {state.ToJson()}", cancellationToken).ConfigureAwait(false);
        return state;
    }

    /// <summary>Points nft at one of both, now and after a reboot.</summary>
    public static Task SwitchAsync(SwitchSession session, VmState state, Colour colour, CancellationToken cancellationToken) =>
        session.SendAsync(string.Create(CultureInfo.InvariantCulture, $"switch {state.Front} {state.PortOf(colour)} {state.Blue} {state.Green}"), cancellationToken);

    private async Task<VmState> FollowAsync(VmSnapshot snapshot, VmState state, CancellationToken cancellationToken)
    {
        if (snapshot.ActiveColour is { } active && active != state.Current?.Colour && state.Journal is { } pending && pending.Colour == active)
        {
            if (await IsWellAsync(active, state, cancellationToken).ConfigureAwait(false) || state.Current is null || !await IsWellAsync(state.Current.Colour, state, cancellationToken).ConfigureAwait(false))
            {
                tell("repair", $"the switch to {pending.Digest}, which was cut off, is completed");
                return await DoneAsync(state with { History = [pending, .. state.History], Journal = null }, cancellationToken).ConfigureAwait(false);
            }
            tell("repair", $"{pending.Digest}, to which was switched, is not well: back to {state.Current.Digest}");
            await SwitchAsync(session, state, state.Current.Colour, cancellationToken).ConfigureAwait(false);
            return await DoneAsync(state with { Journal = null }, cancellationToken).ConfigureAwait(false);
        }
        if (state.Current is not { } current || (snapshot.ActiveColour == current.Colour && snapshot.Saved == snapshot.Active)) return state;
        // Rules that were flushed, for example, or that are not read when the machine starts.
        if (!await IsWellAsync(current.Colour, state, cancellationToken).ConfigureAwait(false)) return state;
        tell("repair", $"the rules that lead to {current.Digest} hold again");
        await SwitchAsync(session, state, current.Colour, cancellationToken).ConfigureAwait(false);
        return state;
    }

    // Without nft there is one at a time: the one that was there is started again, unless the new one took its place.
    private async Task<VmState> RestoreAsync(VmState state, CancellationToken cancellationToken)
    {
        if (state.Journal is not { } pending) return state;
        if (await containers.FindAsync(pending.Colour, cancellationToken).ConfigureAwait(false) is { IsRunning: true } running && running.Digest == pending.Digest && await probe.AskAsync(state.Front, cancellationToken).ConfigureAwait(false) is null)
        {
            tell("repair", $"the replacement by {pending.Digest}, which was cut off, is completed");
            await containers.SetRestartAsync(pending.Colour, comesBack: true, cancellationToken).ConfigureAwait(false);
            return await DoneAsync(state with { History = [pending, .. state.History], Journal = null }, cancellationToken).ConfigureAwait(false);
        }
        if (state.Current is not { } current) return state;
        tell("repair", $"the replacement by {pending.Digest} was cut off: {current.Digest} is started again");
        await containers.RemoveAsync(pending.Colour, cancellationToken).ConfigureAwait(false);
        await containers.StartAsync(current.Colour, cancellationToken).ConfigureAwait(false);
        return await DoneAsync(state with { Journal = null }, cancellationToken).ConfigureAwait(false);
    }

    private async Task StopIdleAsync(VmState state, CancellationToken cancellationToken)
    {
        var idle = Idle(state);
        if (await containers.FindAsync(idle, cancellationToken).ConfigureAwait(false) is not { IsRunning: true } running) return;
        // A version that answered before is kept for a rollback; one that never did is not.
        if (state.History.Skip(1).FirstOrDefault() is { } previous && previous.Colour == idle && previous.Digest == running.Digest)
        {
            tell("repair", $"{previous.Digest}, which still runs, is stopped");
            await new VmDrain(session, containers).RunAsync(state, idle, settings.Drain, cancellationToken).ConfigureAwait(false);
            return;
        }
        tell("repair", $"{running.Digest ?? "a container"}, which never answered, is removed");
        await containers.RemoveAsync(idle, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsWellAsync(Colour colour, VmState state, CancellationToken cancellationToken) =>
        await containers.FindAsync(colour, cancellationToken).ConfigureAwait(false) is { IsRunning: true } && await probe.AskAsync(state.PortOf(colour), cancellationToken).ConfigureAwait(false) is null;

    private async Task<VmState> DoneAsync(VmState state, CancellationToken cancellationToken)
    {
        var audit = new VmAudit(TimeProvider.System.GetUtcNow(), settings.Who, null, state.Current?.Digest ?? "", "repaired");
        await session.SendAsync($"write {state.ToJson()}", cancellationToken).ConfigureAwait(false);
        await session.SendAsync("audit " + JsonSerializer.Serialize(audit, VmJsonContext.Default.VmAudit), cancellationToken).ConfigureAwait(false);
        return state;
    }

    /// <summary>The colour that does not answer, and so is free for the next version.</summary>
    public static Colour Idle(VmState state) => state.Current is { Colour: Colour.Blue } ? Colour.Green : Colour.Blue;
}
