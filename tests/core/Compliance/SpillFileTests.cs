using DevOpsAI.Compliance;

namespace DevOpsAI.Tests.Core.Compliance;

public sealed class SpillTests : IDisposable
{
    private readonly SpillFile<Counter> spill =
        new(static (output, counter) => output.Write(counter.Value), static input => new() { Value = input.ReadInt32() });

    public void Dispose() => spill.Dispose();

    [Fact]
    public void Records_are_found_changed_and_listed_in_their_order_however_many_there_are()
    {
        const int Many = 3000;
        var random = new Random(20261121);
        var expected = new int[Many];
        for (var i = 0; i < Many; i++)
            spill.Add($"CON-{i}", new());
        for (var i = 0; i < 10_000; i++)
        {
            var at = random.Next(3) == 0 ? random.Next(Many) : random.Next(40);
            expected[at] = spill.Find($"CON-{at}").ShouldNotBeNull().Value += i;
        }
        spill.Count.ShouldBe(Many);
        spill.InOrder().Select(static counter => counter.Value).ShouldBe(expected);
        spill.Find("CON-7").ShouldNotBeNull().Value = -1;
        spill.InOrder().ElementAt(7).Value.ShouldBe(-1);
    }

    [Fact]
    public void What_was_not_added_is_not_found()
    {
        spill.Find("CON-1").ShouldBeNull();
        spill.InOrder().ShouldBeEmpty();
        for (var i = 0; i < 1000; i++)
            spill.Add($"CON-{i}", new());
        spill.Find("con-1").ShouldBeNull();
        spill.Find("").ShouldBeNull();
    }

    [Fact]
    public void Two_who_read_at_once_do_not_disturb_each_other_nor_one_who_looks_something_up()
    {
        for (var i = 0; i < 700; i++)
            spill.Add($"{i}", new() { Value = i });
        var pairs = 0;
        foreach (var (one, other) in spill.InOrder().Zip(spill.InOrder()))
        {
            spill.Find($"{699 - pairs}").ShouldNotBeNull().Value.ShouldBe(699 - pairs);
            (one.Value, other.Value).ShouldBe((pairs, pairs));
            pairs++;
        }
        pairs.ShouldBe(700);
    }

    private sealed class Counter
    {
        public int Value { get; set; }
    }
}
