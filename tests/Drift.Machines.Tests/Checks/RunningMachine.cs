// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>A machine that can be logged in to, and temporary files.</summary>
public sealed class RunningMachine : IAsyncLifetime
{
    /// <summary>The machine.</summary>
    public TestMachine Machine { get; private set; } = null!;

    /// <summary>Temporary files of this run.</summary>
    public TemporaryDirectory Folder { get; } = new();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        foreach (var program in new[] { "busybox", "curl", "sudo" }) Need.Program(program);
        Machine = await TestMachine.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Machine is not null) await Machine.DisposeAsync();
        Folder.Dispose();
    }
}
