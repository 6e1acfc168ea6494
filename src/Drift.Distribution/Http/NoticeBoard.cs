// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace Drift.Distribution;

/// <summary>Passes on what a registry says besides its answers, each thing once.</summary>
internal sealed class NoticeBoard(string host, IProgress<RegistryNotice>? notices)
{
    // A registry that warns of something else with each answer is not listened to for ever.
    private const int Maximum = 20;
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);
    private bool _limitIsNear;

    /// <summary>What the latest answer said of the limit of requests; null where there is none.</summary>
    public RateLimit? RateLimit { get; private set; }

    public void Read(HttpResponseMessage response)
    {
        if (RateLimit.Read(response) is { } limit)
        {
            RateLimit = limit;
            if (limit.IsNear && !_limitIsNear) Say($"{limit}.");
            _limitIsNear = limit.IsNear;
        }
        // Only 299, a persistent warning without a named agent, is meant for people (distribution-spec, "Warnings").
        foreach (var warning in response.Headers.Warning)
        {
            if (warning.Code == 299) Say(warning.Text.Trim('"').Replace("\\\"", "\"", StringComparison.Ordinal));
        }
    }

    private void Say(string message)
    {
        if (notices is null || _said.Count >= Maximum || !_said.TryAdd(message, true)) return;
        notices.Report(new RegistryNotice(host, RegistryAnswer.Printable(message)));
    }
}
