package store

// What the samples of the sandbox are made of.
var (
	sampleSubjects = []string{
		"Watercolour", "Podcasting", "Sourdough Baking", "Guitar", "Yoga", "Public Speaking", "Copywriting",
		"Photography", "Spreadsheet Modeling", "Garden Design", "Spanish Conversation", "Product Management",
		"Video Editing", "Bookkeeping",
	}
	sampleForms = []string{
		"# Foundations", "# in Practice", "The # Workshop", "Advanced #", "# for Busy People", "#: Ten Case Studies",
		"Teaching #",
	}
	samplePrices = []struct{ price, currency string }{
		{"49.99", "USD"}, {"99", "USD"}, {"297", "USD"}, {"79.5", "EUR"}, {"0", "USD"}, {"149", "GBP"}, {"9800", "JPY"},
		{"197", "USD"}, {"12.75", "KWD"}, {"24.9", "CHF"}, {"349", "USD"},
	}
	sampleLessons = []string{
		"Welcome", "What you need", "First steps", "A small exercise", "Common mistakes", "Working by yourself",
		"Getting feedback", "A look at the masters", "Your first project", "Going deeper", "Tricks of the trade",
		"Half-way review", "Planning ahead", "A second project", "Polishing", "Showing your work", "Where to go from here",
		"Final assignment", "Bonus: questions and answers", "Bonus: interview", "Bonus: reading list", "Bonus: templates",
		"Bonus: checklist", "Farewell",
	}
	sampleFirstNames = []string{
		"Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kavya", "Liam", "Mei",
		"Noor", "Oskar", "Priya", "Quentin", "Rosa", "Sven", "Tariq", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zoë",
		"Aoife", "Björn", "Camille", "Dariusz", "Esther", "Finn",
	}
	sampleLastNames = []string{
		"Abel", "Baptiste", "Castro", "Dahl", "Eriksen", "Fontaine", "Gupta", "Haddad", "Ito", "Janssen", "Kowalski", "Lund",
		"Moreau", "Nakamura", "Okafor", "Petrov", "Quinn", "Rossi", "Silva", "Tanaka", "Ueda", "Vargas", "Weber", "Xu",
		"Yilmaz", "Zhang", "Ahlberg", "Brandt", "Costa", "Duarte", "Egede", "Farkas",
	}
	sampleDomains   = []string{"example.com", "example.org", "example.net"}
	sampleSources   = []string{"landing_page", "webinar", "import", "referral"}
	sampleCompanies = []string{"Blue Kite Studio", "Harbour & Sons", "Nordlicht GmbH", "Tall Pines Press", "Umbrella Coffee"}
	sampleRoles     = []string{"CEO", "Designer", "Teacher", "Consultant", "Student"}
	sampleTags      = [][]string{
		{"lead"}, {"customer"}, {"customer", "premium"}, {"lead", "newsletter"}, {"webinar-attended"}, {},
		{"premium", "webinar-attended", "vip"},
	}
)
