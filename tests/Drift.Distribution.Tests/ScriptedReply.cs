// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution.Tests;

/// <summary>What a <see cref="ScriptedRegistry"/> answers, right or wrong.</summary>
internal sealed record ScriptedReply
{
    public int Status { get; init; } = 200;

    public byte[] Body { get; init; } = [];

    /// <summary>Header lines without their line ends.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>The Content-Length that is told; null for the true one.</summary>
    public long? Length { get; init; }

    /// <summary>Answers as soon as the head of the request is there, and reads nothing of its body.</summary>
    public bool IsEarly { get; init; }

    /// <summary>Does not close the connection after the answer, and reads nothing more.</summary>
    public bool StaysOpen { get; init; }

    /// <summary>Closes the connection after this many bytes of the request's body, without an answer.</summary>
    public int? ClosesAfter { get; init; }

    public static ScriptedReply Manifest(byte[] content, string mediaType = Oci.MediaTypes.OciManifest) =>
        new() { Body = content, Headers = [$"Content-Type: {mediaType}"] };

    public static ScriptedReply Redirect(string location, int status = 307) => new() { Status = status, Headers = [$"Location: {location}"] };

    /// <summary>The answer that opens, or continues, an upload.</summary>
    public static ScriptedReply Upload(string? location) => new() { Status = 202, Headers = location is null ? [] : [$"Location: {location}"] };

    public static ScriptedReply Error(int status, string body = "", string mediaType = "application/json") =>
        new() { Status = status, Body = System.Text.Encoding.UTF8.GetBytes(body), Headers = [$"Content-Type: {mediaType}"] };
}
