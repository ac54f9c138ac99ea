"""Tables of the certification area."""

from lms.certification.models.certificate import (
    Certificate,
    CertificateDocument,
    CertificateSeries,
    DocumentState,
    FoundingGrant,
)
from lms.certification.models.certification import (
    Certification,
    CertificationEdition,
    QueueRequirement,
    RequirementRow,
    RuleVersion,
)
from lms.certification.models.floor import (
    Departure,
    PermitRow,
    PhaseQueue,
    SupervisedPhase,
    SupervisedTime,
    SuspensionRow,
    Waiver,
    WaiverState,
)

__all__ = [
    "Certificate", "CertificateDocument", "CertificateSeries", "Certification", "CertificationEdition", "Departure",
    "DocumentState", "FoundingGrant", "PermitRow", "PhaseQueue", "QueueRequirement", "RequirementRow",
    "RuleVersion", "SupervisedPhase", "SupervisedTime", "SuspensionRow", "Waiver", "WaiverState",
]
