using DevOpsAI.Bot.Teams.Turns;

namespace DevOpsAI.Tests.Teams;

public sealed class AnswerRingTests
{
    [Fact]
    public void An_answer_is_found_whole_until_newer_ones_need_its_place()
    {
        var ring = new ResponseRing(1000);
        var random = new Random(7);
        List<(long Position, byte[] Body)> added = [];
        for (var i = 0; i < 500; i++)
        {
            var body = new byte[random.Next(1, 300)];
            random.NextBytes(body);
            added.Add((ring.Add(body), body));
            foreach (var (position, kept) in added)
            {
                if (ring.Find(position, kept.Length) is { } found)
                    found.ShouldBe(kept);
            }
            added.TakeLast(2).ShouldAllBe(one => ring.Find(one.Position, one.Body.Length) != null);
        }
        ring.Find(added[0].Position, added[0].Body.Length).ShouldBeNull();
    }

    [Fact]
    public void An_answer_longer_than_the_ring_is_not_kept()
    {
        var ring = new ResponseRing(10);
        ring.Find(ring.Add(new byte[11]), 11).ShouldBeNull();
    }
}
