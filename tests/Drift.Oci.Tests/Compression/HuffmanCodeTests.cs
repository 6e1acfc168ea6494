// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

public sealed class HuffmanCodeTests
{
    [Theory]
    [InlineData(286, 15)]
    [InlineData(30, 15)]
    [InlineData(19, 7)]
    public void Every_code_is_complete_and_within_its_limit(int symbols, int limit)
    {
        var random = new Random(symbols);
        var code = new HuffmanCode(symbols);
        for (var round = 0; round < 500; round++)
        {
            Array.Clear(code.Frequencies);
            var used = random.Next(0, symbols + 1);
            // From even to as skewed as it gets: Fibonacci's numbers make the deepest tree.
            int a = 1, b = 1;
            for (var i = 0; i < used; i++)
            {
                code.Frequencies[random.Next(symbols)] = (round % 3) switch { 0 => random.Next(1, 5), 1 => random.Next(1, 1 << random.Next(1, 24)), _ => a };
                (a, b) = (b, Math.Min(a + b, 1 << 28));
            }
            code.Build(limit);

            var kraft = code.Lengths.Sum(length => length == 0 ? 0 : 1L << (limit - length));
            Assert.Equal(1L << limit, kraft);
            Assert.All(code.Lengths, length => Assert.InRange(length, 0, limit));
            for (var symbol = 0; symbol < symbols; symbol++) Assert.False(code.Frequencies[symbol] > 0 && code.Lengths[symbol] == 0);
            // A symbol that occurs more often never has the longer code.
            for (var i = 1; i < symbols; i++)
            {
                if (code.Frequencies[i] > code.Frequencies[i - 1] && code.Frequencies[i - 1] > 0) Assert.True(code.Lengths[i] <= code.Lengths[i - 1]);
            }
        }
    }
}
