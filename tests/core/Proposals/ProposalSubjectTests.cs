using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Tests.Proposals;

public sealed class ProposalSubjectTests
{
    private static readonly string[] OddIds =
        ["CON-1042", "7", ":", "incident:CON-1", "gadget:", "Gadget:1", "a/b", " ", "Größe 7", "access-request"];

    [Theory]
    [InlineData("incident", "CON-1042", "CON-1042", "CON-1042")]
    [InlineData("access-request", "AR-7", "access-request:AR-7", "access request AR-7")]
    [InlineData("policy-change", "a:b/c d", "policy-change:a:b/c d", "policy change a:b/c d")]
    [InlineData("project-gate", "Größe 7", "project-gate:Größe 7", "project gate Größe 7")]
    [InlineData("incident", "incident:CON-1", "incident:CON-1", "incident:CON-1")]
    [InlineData("incident", "Odd:1", "Odd:1", "Odd:1")]
    public void A_subject_is_read_back_from_its_text_and_from_its_stream(string kind, string id, string text, string said)
    {
        var subject = ProposalSubject.Create(kind, id);
        subject.ShouldSatisfyAllConditions(
            () => (subject.Kind, subject.Id, subject.Text, subject.ToString()).ShouldBe((kind, id, text, said)),
            () => ProposalSubject.Parse(text).ShouldBe(subject),
            () => subject.Stream.ShouldBe(new StreamId($"proposal/{text}")),
            () => ProposalSubject.From(subject.Stream).ShouldBe(subject));
    }

    [Fact]
    public void Two_subjects_never_have_the_same_text()
    {
        var texts = new Dictionary<string, ProposalSubject>();
        string[] kinds = ["incident", "gadget", "access-request", "a"];
        foreach (var (kind, id) in kinds.SelectMany(static kind => OddIds.Select(id => (kind, id))))
        {
            var known = ProposalSubject.Create(kind, id);
            texts.TryAdd(known.Text, known).ShouldBeTrue(known.Text);
            ProposalSubject.Parse(known.Text).ShouldBe(known);
        }
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("Gadget", "1")]
    [InlineData("a b", "1")]
    [InlineData("7up", "1")]
    [InlineData("gadget", "")]
    [InlineData("gadget", "a\nb")]
    [InlineData("incident", "gadget:1")]
    public void What_would_be_read_back_as_something_else_is_no_subject(string kind, string id) =>
        Should.Throw<ArgumentException>(() => ProposalSubject.Create(kind, id));

    [Theory]
    [InlineData("event/E-1")]
    [InlineData("incident/CON-1")]
    [InlineData("card/CON-1")]
    [InlineData("access")]
    public void Other_streams_have_no_subject(string stream) => ProposalSubject.From(new StreamId(stream)).ShouldBeNull();

    [Fact]
    public void An_incident_is_a_subject_and_no_other_kind_is_an_incident()
    {
        ProposalSubject subject = Con(1042);
        subject.ShouldBe(ProposalSubject.Create(ProposalSubject.IncidentKind, "CON-1042"));
        subject.Incident.ShouldBe(Con(1042));
        ProposalSubject.Create("gadget", "CON-1042").Incident.ShouldBeNull();
    }

    [Theory]
    [InlineData("CON-1042")]
    [InlineData("gadget:G-7")]
    public void A_card_keeps_its_subject_under_the_same_name(string text)
    {
        var sending = new CardSending(ProposalSubject.Parse(text), Conversation("19:chan"));
        var stored = CoreFeatures.Catalog.Serialize(sending);
        Encoding.UTF8.GetString(stored).ShouldBe($$"""{"conversationId":"19:chan","incidentId":"{{text}}"}""");
        CoreFeatures.Catalog.Deserialize(CoreFeatures.Catalog.GetName(sending), stored).ShouldBe(sending);
    }

    [Theory]
    [InlineData("CON-1042")]
    [InlineData("gadget:G-7")]
    public void A_fact_keeps_its_subject_under_the_name_that_it_always_had(string text)
    {
        var expired = new ProposalExpired(ProposalSubject.Parse(text), 2);
        var stored = CoreFeatures.Catalog.Serialize(expired);
        Encoding.UTF8.GetString(stored).ShouldBe($$"""{"incidentId":"{{text}}","revision":2}""");
        CoreFeatures.Catalog.Deserialize(CoreFeatures.Catalog.GetName(expired), stored).ShouldBe(expired);
    }
}
