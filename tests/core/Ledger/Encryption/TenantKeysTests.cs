using System.Security.Cryptography;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Encryption;

public sealed class TenantKeysTests
{
    private const string Id = "s-0123456789abcdef";
    private readonly byte[] bytes = RandomNumberGenerator.GetBytes(DataKey.Size);
    private readonly TenantKeys keys = new(TenantId.Parse("contoso"), DataKey.Create("t1"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_key_that_two_have_read_at_once_is_one_key_and_forgotten_as_one(bool personFirst)
    {
        if (personFirst)
            keys.AddPerson("ana", Read());
        keys.Add(Read());
        keys.AddPerson("ana", Read());
        keys.Add(Read());
        keys.OfPerson("ana").ShouldNotBeNull().ShouldBeSameAs(keys.Find(Id));
        keys.Forget(Id).ShouldBeTrue();
        keys.OfPerson("ana").ShouldBeNull();
        keys.Find(Id).ShouldBeNull();
    }

    [Fact]
    public void A_key_that_was_read_before_it_was_destroyed_does_not_come_back_after_it()
    {
        var late = Read();
        keys.Forget(Id);
        keys.Add(late);
        keys.AddPerson("ana", late);
        keys.Find(Id).ShouldBeNull();
        keys.OfPerson("ana").ShouldBeNull();
        late.IsDestroyed.ShouldBeTrue();
    }

    [Fact]
    public void That_a_key_was_not_found_is_believed_for_a_minute_and_that_it_was_destroyed_for_ever()
    {
        var clock = new ManualClock();
        var known = new TenantKeys(TenantId.Parse("contoso"), DataKey.Create("t1"), clock);
        known.AddMissing(Id);
        known.AddMissing("s-destroyed");
        known.Forget("s-destroyed");
        clock.Advance(TimeSpan.FromSeconds(59));
        known.Knows(Id).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(1));
        known.Knows(Id).ShouldBeFalse();
        known.Knows("s-destroyed").ShouldBeTrue();
        known.Add(Read()).ShouldBeSameAs(known.Find(Id));
    }

    private DataKey Read() => new(Id, bytes);
}
