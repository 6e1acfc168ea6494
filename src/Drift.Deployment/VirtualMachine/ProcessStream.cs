// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace Drift.Deployment;

/// <summary>A program's standard input and output as one stream, as a connection has it. Disposing ends the program.</summary>
internal sealed class ProcessStream : Stream
{
    private const int ComplaintLength = 4096;
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Task<string> _error;
    private bool _disposed;

    public ProcessStream(Process process)
    {
        _process = process;
        (_input, _output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        _error = ReadErrorAsync(process.StandardError);
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Ends the program's input, and returns what it said on its standard error: valid once its output has ended.</summary>
    public async Task<string> EndAsync()
    {
        try
        {
            if (!_disposed) _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What was written last had nobody any more to read it.
        }
        return await _error.ConfigureAwait(false);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _output.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => _output.ReadAsync(buffer, offset, count, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await _input.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => _input.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => _input.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            try
            {
                if (!_process.HasExited) _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It ended meanwhile.
            }
            _process.Dispose();
        }
        base.Dispose(disposing);
    }

    // The end of it: what explains a failure comes last.
    private static async Task<string> ReadErrorAsync(StreamReader reader)
    {
        var (said, buffer) = ("", new char[ComplaintLength]);
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                said += new string(buffer, 0, read);
                if (said.Length > ComplaintLength) said = said[^ComplaintLength..];
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was ended; what it has said until then is enough.
        }
        return said;
    }
}
