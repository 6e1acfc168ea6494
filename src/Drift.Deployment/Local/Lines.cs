// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace Drift.Deployment;

/// <summary>What a running program prints, line by line.</summary>
internal static class Lines
{
    /// <summary>Passes both streams on until they end. A line without an end is cut into pieces, so memory stays bounded.</summary>
    public static void Forward(Process process, Action<string> output)
    {
        _ = ReadAsync(process.StandardOutput, output);
        _ = ReadAsync(process.StandardError, output);
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> output)
    {
        var buffer = new char[8 * 1024];
        var used = 0;
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer.AsMemory(used)).ConfigureAwait(false)) > 0)
            {
                used += read;
                var start = 0;
                for (int end; (end = Array.IndexOf(buffer, '\n', start, used - start)) >= 0; start = end + 1) output(new string(buffer, start, end - start));
                if (start == 0 && used == buffer.Length)
                {
                    output(new string(buffer));
                    start = used;
                }
                buffer.AsSpan(start, used - start).CopyTo(buffer);
                used -= start;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The program was stopped; what it had printed is passed on below.
        }
        if (used > 0) output(new string(buffer, 0, used));
    }
}
