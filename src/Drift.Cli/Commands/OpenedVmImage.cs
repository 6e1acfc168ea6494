// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;

namespace Drift.Cli;

/// <summary>An image that can be deployed, until this is disposed.</summary>
/// <param name="image">The image.</param>
/// <param name="name">What an application of it is called, unless someone says so.</param>
/// <param name="owned">What goes with it: an <see cref="IDisposable"/>, an <see cref="IAsyncDisposable"/> or nothing.</param>
internal sealed class OpenedVmImage(VmImage image, string name, object? owned = null) : IAsyncDisposable
{
    public VmImage Image => image;

    public string Name => name;

    public async ValueTask DisposeAsync()
    {
        if (owned is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync().ConfigureAwait(false);
        else (owned as IDisposable)?.Dispose();
    }
}
