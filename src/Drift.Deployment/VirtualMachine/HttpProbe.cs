// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Asks a port of a machine, through the connection to it, whether what is behind it is well. Nothing is needed there for that, least of all in the container.</summary>
internal sealed class HttpProbe(SshConnection connection, string path)
{
    private const int StatusLine = 13;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks once.</summary>
    /// <returns>Null when the answer was 200, and else what was wrong, as in <c>answers 503</c>.</returns>
    public async Task<string?> AskAsync(int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var stream = connection.Connect(port);
        await using var _ = stream.ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: drift\r\nConnection: close\r\n\r\n"), limit.Token).ConfigureAwait(false);
            var buffer = new byte[StatusLine];
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit.Token).ConfigureAwait(false);
            if (read == buffer.Length) return Status(Encoding.Latin1.GetString(buffer));
        }
        catch (IOException)
        {
            // Nobody listens; ssh says so.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"does not answer within {Patience.TotalSeconds:0} s";
        }
        var said = await stream.EndAsync().ConfigureAwait(false);
        if (said.Contains("administratively prohibited", StringComparison.Ordinal))
        {
            throw new DriftException(ErrorCode.HostNotReady, $"sshd of {connection.Host} forwards no connections, so nothing can be asked there.", "Set AllowTcpForwarding local in its sshd_config.");
        }
        if (said.Contains("ontrol socket", StringComparison.Ordinal) || said.Contains("UNKNOWN port", StringComparison.Ordinal))
        {
            throw new DriftException(ErrorCode.HostUnreachable, $"The connection to {connection.Host} was lost.", "Run the same command again: it goes on from what it finds.") { IsTransient = true };
        }
        return "does not answer";
    }

    private static string? Status(string line) => line.StartsWith("HTTP/1.", StringComparison.Ordinal) && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        ? status == 200 ? null : $"answers {status}"
        : "answers what is not HTTP";
}
