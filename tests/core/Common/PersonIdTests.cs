using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Common;

public sealed class PersonIdTests
{
    [Fact]
    public void Case_makes_no_other_person()
    {
        Who("ADA").ShouldBe(Who("ada"));
        Who("ADA").GetHashCode().ShouldBe(Who("ada").GetHashCode());
        Who(" ada ").ShouldBe(Who("ada"));
        Who("ada").ShouldNotBe(Who("directory/ada"));
    }

    [Fact]
    public void It_keeps_its_spelling_and_is_recorded_in_one()
    {
        Who("Directory/ADA").ToString().ShouldBe("Directory/ADA");
        Who("Directory/ADA").Folded.ShouldBe("directory/ada");
        JsonSerializer.Serialize(Who("ADA")).ShouldBe("\"ADA\"");
        JsonSerializer.Deserialize<PersonId>("\"ADA\"").ShouldBe(Who("ada"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void Blank_is_nobody_and_nobody_is_no_actor(string? text)
    {
        PersonId.From(text).IsNobody.ShouldBeTrue();
        new Actor(ActorKind.Person, "", "No Body").IsSame(PersonId.From(text)).ShouldBeFalse();
    }

    [Fact]
    public void Only_an_actor_who_is_a_person_is_one()
    {
        new Person(Who("ada"), "Ada").AsActor().IsSame(Who("ADA")).ShouldBeTrue();
        Actor.Service("ada").IsSame(Who("ada")).ShouldBeFalse();
        Actor.Connection("ada").Person.IsNobody.ShouldBeTrue();
    }

    [Fact]
    public void An_actor_is_stored_without_what_is_worked_out() =>
        JsonSerializer.Serialize(new Person(Who("ada"), "Ada").AsActor())
            .ShouldBe("{\"Kind\":\"person\",\"Id\":\"ada\",\"Name\":\"Ada\"}");
}
