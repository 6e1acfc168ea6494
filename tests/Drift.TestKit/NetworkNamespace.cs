// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Drift.TestKit;

/// <summary>Makes sockets in the network of another process: a thread of its own lives there, and a socket stays in the network that it was made in.</summary>
public sealed partial class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET
    private readonly BlockingCollection<TaskCompletionSource<Socket>> _wanted = [];

    /// <summary>Enters the network of a process.</summary>
    public NetworkNamespace(int processId)
    {
        using var entered = new ManualResetEventSlim();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            using (var file = File.OpenHandle($"/proc/{processId}/ns/net"))
            {
                if (SetNamespace(file.DangerousGetHandle().ToInt32(), NewNetwork) != 0) failure = new Win32Exception(Marshal.GetLastPInvokeError());
            }
            entered.Set();
            if (failure is not null) return;
            foreach (var wanted in _wanted.GetConsumingEnumerable()) wanted.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        })
        { IsBackground = true };
        thread.Start();
        entered.Wait();
        if (failure is not null) throw failure;
    }

    /// <summary>A new TCP socket there.</summary>
    public Socket Open()
    {
        var wanted = new TaskCompletionSource<Socket>();
        _wanted.Add(wanted);
        return wanted.Task.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => _wanted.CompleteAdding();

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int file, int type);
}
