"""依申请公开 for the public: form, receipt, progress."""
